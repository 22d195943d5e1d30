import type { Clock } from '../../platform/clock.ts';
import type { Transaction } from '../../platform/db/database.ts';
import { CannotValue } from '../errors.ts';
import type { Money } from '../money/money.ts';
import { creditFor } from '../rates/convert.ts';
import { getQuote } from '../rates/quote-queries.ts';
import { loadRateTable } from '../rates/rate-queries.ts';
import { lockCustomerAccount, systemAccount } from '../ledger/accounts.ts';
import { postTransaction } from '../ledger/post-transaction.ts';
import type { LockedInvoice } from '../invoices/lock-invoices.ts';
import { markInvoicePaid } from '../invoices/mark-invoices.ts';
import { enqueueMail } from '../notifications/enqueue-mail.ts';

export interface OpenPayment {
  id: number;
  customerId: number;
  quoteId: number | null;
  gateway: string;
  status: string;
  /** What was captured, if it was. */
  captured: Money | null;
}

type Mark = 'amount_differs' | 'currency_differs' | 'invoice_not_unpaid';

/**
 * Credits what was captured (rule T6): as quoted when it is the invoice's total, else by its own value at the current
 * rate. Only the former settles the invoice; another amount, or a payment for an invoice that is paid or cancelled, goes
 * to the balance and is marked for staff. Invoice and payment are locked by the caller.
 * @throws {CannotValue} @throws {RateMissing} @throws {UnknownCurrency} when it has no value here, or one that the books
 *   cannot hold; nothing is booked
 */
export async function capturePayment(
  trx: Transaction,
  clock: Clock,
  payment: OpenPayment,
  invoice: LockedInvoice,
  captured: Money,
): Promise<void> {
  const table = await loadRateTable(trx, clock.today());
  if (captured.amount.decimalPlaces() > table.currencies.get(captured.currency).minorDigits)
    throw new CannotValue({ money: captured });
  const account = await lockCustomerAccount(trx, payment.customerId);
  const asAsked = captured.equals(invoice.total);
  const quote = asAsked && payment.quoteId !== null ? await getQuote(trx, payment.quoteId) : null;
  const currency = account.balance.currency;
  const credit = quote?.credit ?? creditFor(table, captured, currency);
  const mark = markFor(invoice, captured);
  if (!credit.isPositive || !account.balance.plus(credit).fitsBooks) throw new CannotValue({ money: captured });
  const balanceAfter = await book(trx, clock, {
    payment,
    accountId: account.id,
    captured,
    credit,
    quoteId: quote?.id ?? null,
  });
  await recordCapture(trx, clock, payment, captured, mark);
  if (mark === null) await markInvoicePaid(trx, clock, invoice, balanceAfter);
  await enqueueMail(trx, clock, {
    customerId: payment.customerId,
    kind: 'payment_received',
    data: {
      invoice: { id: invoice.id, number: invoice.number },
      total: captured,
      credited: credit,
    },
  });
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
  {
    payment,
    accountId,
    captured,
    credit,
    quoteId,
  }: { payment: OpenPayment; accountId: number; captured: Money; credit: Money; quoteId: number | null },
): Promise<string | null> {
  const { gateway } = payment;
  const clearing = await systemAccount(trx, {
    kind: 'gateway_clearing',
    gateway,
    currency: captured.currency,
  });
  const entries = [
    { accountId: clearing, money: captured.negated() },
    { accountId, money: credit },
  ];
  if (captured.currency !== credit.currency) {
    const [paidIn, paidOut] = [
      await systemAccount(trx, { kind: 'exchange', currency: captured.currency }),
      await systemAccount(trx, { kind: 'exchange', currency: credit.currency }),
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

async function recordCapture(trx: Transaction, clock: Clock, payment: OpenPayment, captured: Money, mark: Mark | null) {
  await trx('payments').where({ id: payment.id }).update({
    status: 'captured',
    captured_amount: captured.toDatabase(),
    captured_currency: captured.currency,
    captured_at: clock.now(),
    marked_for: mark,
  });
}
