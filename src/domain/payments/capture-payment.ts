import type { Clock } from '../../platform/clock.ts';
import type { Transaction } from '../../platform/db/database.ts';
import { inOnePacket } from '../../platform/db/transaction.ts';
import { CannotValue } from '../errors.ts';
import type { Money } from '../money/money.ts';
import { creditFor } from '../rates/convert.ts';
import { loadRateTable } from '../rates/rate-queries.ts';
import { systemAccount } from '../ledger/accounts.ts';
import { postTransaction } from '../ledger/post-transaction.ts';
import type { LockedInvoice } from '../invoices/lock-invoices.ts';
import { markInvoicesPaid } from '../invoices/mark-invoices.ts';
import { enqueueMail } from '../notifications/enqueue-mail.ts';
import type { LockedPayment } from './lock-payment.ts';

type Mark = 'amount_differs' | 'currency_differs' | 'invoice_not_unpaid';

/** What a capture is worth in the account currency, and by which quote, if by one. */
export interface Credit {
  credit: Money;
  quoteId: number | null;
}

/**
 * Values what was captured (rule T6): as quoted when it is the invoice's total, else by its own value at the current
 * rate. Changes nothing.
 * @throws {CannotValue} @throws {RateMissing} @throws {UnknownCurrency} when it has no value here, or one that the books
 *   cannot hold
 */
export async function valueCapture(
  trx: Transaction,
  clock: Clock,
  { payment, invoice, captured }: { payment: LockedPayment; invoice: LockedInvoice; captured: Money },
): Promise<Credit> {
  const { balance } = payment.account;
  const asAsked = captured.equals(invoice.total);
  const quote = asAsked ? payment.quote : null;
  const asIssued = asAsked && captured.currency === balance.currency;
  const credit = quote?.credit ?? (asIssued ? captured : await valueByRate(trx, clock, captured, balance.currency));
  if (!credit.isPositive || !balance.plus(credit).fitsBooks) throw new CannotValue({ money: captured });
  return { credit, quoteId: quote?.id ?? null };
}

async function valueByRate(trx: Transaction, clock: Clock, captured: Money, currency: string): Promise<Money> {
  const table = await loadRateTable(trx, clock.today());
  if (captured.amount.decimalPlaces() > table.currencies.get(captured.currency).minorDigits)
    throw new CannotValue({ money: captured });
  return creditFor(table, captured, currency);
}

/**
 * Credits what was captured. Only the invoice's own total settles the invoice; another amount, or a payment for an
 * invoice that is paid or cancelled, goes to the balance and is marked for staff. Invoice, payment and ledger account
 * are locked by the caller.
 */
export async function bookCapture(
  trx: Transaction,
  clock: Clock,
  {
    payment,
    invoice,
    captured,
    credit,
    quoteId,
  }: { payment: LockedPayment; invoice: LockedInvoice; captured: Money } & Credit,
): Promise<void> {
  const mark = markFor(invoice, captured);
  const balanceAfter = await book(trx, clock, { payment, captured, credit, quoteId });
  const { id, number } = invoice;
  const data = { invoice: { id, number }, total: captured, credited: credit };
  // The payment first: the database lets no invoice be paid before.
  await inOnePacket(
    recordCapture(trx, clock, payment, captured, mark),
    mark === null ? markInvoicesPaid(trx, clock, [{ id, balanceAfter }]) : Promise.resolve(),
    enqueueMail(trx, clock, { customerId: payment.customerId, kind: 'payment_received', data }),
  );
}

function markFor(invoice: LockedInvoice, captured: Money): Mark | null {
  if (captured.currency !== invoice.total.currency) return 'currency_differs';
  if (!captured.equals(invoice.total)) return 'amount_differs';
  return invoice.status === 'unpaid' ? null : 'invoice_not_unpaid';
}

/**
 * In one currency two entries; across two, an exchange: a balanced leg through the system account of each (rule L4).
 */
async function book(
  trx: Transaction,
  clock: Clock,
  { payment, captured, credit, quoteId }: { payment: LockedPayment; captured: Money } & Credit,
): Promise<string | null> {
  const { gateway, account, systemAccounts: open } = payment;
  const clearing = await systemAccount(trx, { kind: 'gateway_clearing', gateway, currency: captured.currency }, open);
  const entries = [
    { accountId: clearing, money: captured.negated() },
    { accountId: account.id, money: credit },
  ];
  if (captured.currency !== credit.currency) {
    const [paidIn, paidOut] = [
      await systemAccount(trx, { kind: 'exchange', currency: captured.currency }, open),
      await systemAccount(trx, { kind: 'exchange', currency: credit.currency }, open),
    ];
    entries.push({ accountId: paidIn, money: captured }, { accountId: paidOut, money: credit.negated() });
  }
  return postTransaction(trx, {
    kind: 'payment',
    cause: { type: 'payment', id: payment.id },
    customerId: payment.customerId,
    quoteId,
    occurredAt: clock.now(),
    entries,
  });
}

async function recordCapture(
  trx: Transaction,
  clock: Clock,
  payment: LockedPayment,
  captured: Money,
  mark: Mark | null,
) {
  await trx('payments').where({ id: payment.id }).update({
    status: 'captured',
    captured_amount: captured.toDatabase(),
    captured_currency: captured.currency,
    captured_at: clock.now(),
    marked_for: mark,
  });
}
