import type { Clock, Day } from '../clock.ts';
import { getPayingCustomer } from '../customers/customer-queries.ts';
import type { Db, Transaction } from '../db/database.ts';
import { inTransaction } from '../db/transaction.ts';
import { InsufficientBalance, RenewalReplaced, TopUpFromBalance } from '../errors.ts';
import type { LineKind, NewInvoiceLine, Seller } from '../invoices/invoice.ts';
import { assertUnpaid, lockInvoices, settleInvoice, type LockedInvoice } from '../invoices/settle-invoice.ts';
import { houseAccount, lockCustomerAccount } from '../ledger/accounts.ts';
import { postTransaction } from '../ledger/post-transaction.ts';
import { sum } from '../money/money.ts';
import { applyPaidLine } from '../orders/apply-paid-line.ts';
import { listOpenRenewals, reissueRenewals } from '../orders/issue-renewal-invoice.ts';
import { listUnpaidInvoiceIds } from './lock-order-with-invoices.ts';
import { applyPaidPlanChange } from './plan-change.ts';

/**
 * Pays one or several service invoices from the balance, all or none, in one transaction (rules I5, I7): each is still
 * unpaid, the profile is complete, the balance suffices, the ledger moves, the invoices are paid, and what their lines
 * promise takes effect. Locks invoices by id, then the ledger account, then orders.
 * @throws {NotFound} @throws {InvoiceNotUnpaid} @throws {ProfileIncomplete} @throws {InsufficientBalance}
 * @throws {TopUpFromBalance} @throws {NothingToPayFor} @throws {RenewalReplaced}
 */
export async function payInvoices(
  db: Db,
  clock: Clock,
  { customerId, userId, invoiceIds }: { customerId: number; userId: number | null; invoiceIds: number[] },
): Promise<void> {
  await inTransaction(db, async (trx) => {
    const locked = await lockInvoices(
      trx,
      customerId,
      await withReplacedRenewals(trx, customerId, invoiceIds),
    );
    const invoices = locked.filter(({ id }) => invoiceIds.includes(id));
    await payLockedInvoices(trx, clock, { customerId, userId, invoices });
  });
}

/**
 * A plan change that is paid replaces its orders' open renewals, which have to be locked with it.
 * @returns these invoices and those
 */
export async function withReplacedRenewals(
  trx: Transaction,
  customerId: number,
  invoiceIds: number[],
): Promise<number[]> {
  const orders = await trx('invoice_lines')
    .whereIn('invoice_id', invoiceIds)
    .where({ kind: 'plan_change' })
    .pluck<number[]>('order_id');
  return orders.length === 0
    ? invoiceIds
    : [...invoiceIds, ...(await listUnpaidInvoiceIds(trx, customerId, orders))];
}

/** The same within a transaction that has locked the invoices already. */
export async function payLockedInvoices(
  trx: Transaction,
  clock: Clock,
  { customerId, userId, invoices }: { customerId: number; userId: number | null; invoices: LockedInvoice[] },
): Promise<void> {
  for (const invoice of invoices) {
    assertUnpaid(invoice);
    if (invoice.kind === 'top_up') throw new TopUpFromBalance({ number: invoice.number });
  }
  const lines = await listLines(
    trx,
    invoices.map(({ id }) => id),
  );
  const changed = lines.filter(({ kind }) => kind === 'plan_change').map(({ order_id }) => order_id);
  const promised = lines.find(({ kind, order_id }) => kind === 'renewal' && changed.includes(order_id));
  if (promised) throw new RenewalReplaced({ order: promised.order_id });
  await getPayingCustomer(trx, customerId);
  const account = await lockCustomerAccount(trx, customerId);
  const total = sum(invoices.map((invoice) => invoice.total), account.balance.currency); // prettier-ignore
  if (account.balance.isLessThan(total))
    throw new InsufficientBalance({
      missing: total.minus(account.balance),
      balance: account.balance,
      total,
    });
  for (const invoice of invoices) {
    await settle(trx, clock, account.id, invoice);
    for (const line of lines.filter(({ invoice_id }) => invoice_id === invoice.id))
      await takeEffect(trx, clock, { invoice, line, accountId: account.id, userId });
  }
  // Last, because issuing locks the series.
  for (const orderId of changed) await renewAtNewPrice(trx, clock, customerId, orderId);
}

interface LineRow {
  invoice_id: number;
  kind: LineKind;
  order_id: number;
  months: number | null;
  period_from: Day | null;
  details: NewInvoiceLine['details'];
}

/** By order, so that orders are locked by id. */
const listLines = (trx: Transaction, invoiceIds: number[]): Promise<LineRow[]> =>
  trx('invoice_lines')
    .whereIn('invoice_id', invoiceIds)
    .orderBy([{ column: 'order_id' }, { column: 'position' }])
    .select('invoice_id', 'kind', 'order_id', 'months', 'period_from', 'details');

async function settle(trx: Transaction, clock: Clock, accountId: number, invoice: LockedInvoice) {
  const revenue = await houseAccount(trx, { kind: 'revenue', currency: invoice.total.currency });
  const balanceAfter = await postTransaction(trx, {
    kind: 'invoice_payment',
    cause: { type: 'invoice', id: invoice.id },
    customerId: invoice.customerId,
    occurredAt: clock.now(),
    entries: [
      { accountId, money: invoice.total.negated() },
      { accountId: revenue, money: invoice.total },
    ],
  });
  await settleInvoice(trx, clock, invoice, balanceAfter);
}

/** What a paid line promises (rule I5). */
async function takeEffect(
  trx: Transaction,
  clock: Clock,
  {
    invoice,
    line,
    accountId,
    userId,
  }: { invoice: LockedInvoice; line: LineRow; accountId: number; userId: number | null },
) {
  const { customerId } = invoice;
  const paid = { customerId, invoiceId: invoice.id, orderId: line.order_id, userId };
  if (line.kind === 'plan_change' && line.details.planChange)
    return applyPaidPlanChange(trx, clock, {
      ...paid,
      accountId,
      charged: invoice.total,
      terms: line.details.planChange,
    });
  await applyPaidLine(trx, clock, {
    ...paid,
    kind: line.kind,
    months: line.months,
    periodFrom: line.period_from,
  });
}

/** An open renewal of an order that has changed its plan is replaced by one at the new price (rule O8). */
async function renewAtNewPrice(trx: Transaction, clock: Clock, customerId: number, orderId: number) {
  const renewals = await listOpenRenewals(trx, customerId, orderId);
  const [open] = await listUnpaidInvoiceIds(trx, customerId, [orderId]);
  if (renewals.length === 0 || open === undefined) return;
  const { seller } = await trx('invoices').where({ id: open }).first<{ seller: Seller }>('seller');
  await reissueRenewals(trx, clock, seller, { customerId, renewals });
}
