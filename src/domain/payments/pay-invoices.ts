import type { Clock, Day } from '../../platform/clock.ts';
import type { Db, Transaction } from '../../platform/db/database.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { InsufficientBalance, RenewalReplaced, TopUpFromBalance } from '../errors.ts';
import { sum } from '../money/money.ts';
import { lockCustomerAccount, systemAccount } from '../ledger/accounts.ts';
import { postTransaction } from '../ledger/post-transaction.ts';
import { getPayingCustomer } from '../customers/customer-queries.ts';
import type { LineKind, NewInvoiceLine } from '../invoices/invoice.ts';
import { assertUnpaid, type LockedInvoice, lockInvoices } from '../invoices/lock-invoices.ts';
import { markInvoicePaid } from '../invoices/mark-invoices.ts';
import { listUnpaidInvoiceIds } from '../invoices/unpaid-queries.ts';
import { applyPaidLine } from '../orders/apply-paid-line.ts';
import { reissueRenewal } from '../renewals/reissue-renewal.ts';
import { findOpenRenewal, type OpenRenewal } from '../renewals/open-renewals.ts';
import { applyPaidPlanChange } from '../plan-changes/apply-plan-change.ts';
import { withdrawWaitingUpgrades } from '../plan-changes/cancel-waiting-upgrades.ts';

/**
 * Pays one or several service invoices from the balance, all or none, in one transaction (rules I5, I7): each is still
 * unpaid, the profile is complete, the balance suffices; the ledger moves, the invoices are marked as paid, and their
 * lines are applied to the orders. Locks invoices by id, the customer, the ledger account, then orders.
 * @throws {NotFound} @throws {InvoiceNotUnpaid} @throws {ProfileIncomplete} @throws {InsufficientBalance}
 * @throws {TopUpFromBalance} @throws {NothingToPayFor} @throws {RenewalReplaced}
 */
export async function payInvoices(
  db: Db,
  clock: Clock,
  { customerId, userId, invoiceIds }: { customerId: number; userId: number | null; invoiceIds: number[] },
): Promise<void> {
  await inTransaction(db, async (trx) => {
    const locked = await lockInvoices(trx, customerId, await withSuperseded(trx, customerId, invoiceIds));
    const invoices = locked.filter(({ id }) => invoiceIds.includes(id));
    await payLockedInvoices(trx, clock, { customerId, userId, invoices });
  });
}

/**
 * A paid plan change replaces its order's open renewal, and a paid renewal cancels an unpaid upgrade; what is replaced
 * has to be locked together with what is paid.
 * @returns these invoices and the others that are open for the same orders
 */
export async function withSuperseded(trx: Transaction, customerId: number, invoiceIds: number[]): Promise<number[]> {
  const orders = await trx('invoice_lines')
    .whereIn('invoice_id', invoiceIds)
    .whereIn('kind', ['renewal', 'plan_change'])
    .pluck<number[]>('order_id');
  return orders.length === 0 ? invoiceIds : [...invoiceIds, ...(await listUnpaidInvoiceIds(trx, customerId, orders))];
}

/** Pays within a transaction that has locked the invoices already. Throws what `payInvoices` throws. */
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
  const replaced = lines.find(({ kind, order_id }) => kind === 'renewal' && changed.includes(order_id));
  if (replaced) throw new RenewalReplaced({ order: replaced.order_id });
  await getPayingCustomer(trx, customerId);
  const account = await lockCustomerAccount(trx, customerId);
  const total = sum(
    invoices.map((invoice) => invoice.total),
    account.balance.currency,
  );
  if (account.balance.isLessThan(total))
    throw new InsufficientBalance({
      missing: total.minus(account.balance),
      balance: account.balance,
      total,
    });
  for (const invoice of invoices) {
    await settle(trx, clock, account.id, invoice);
    for (const line of lines.filter(({ invoice_id }) => invoice_id === invoice.id))
      await applyLine(trx, clock, { invoice, line, accountId: account.id, userId });
  }
  const renewed = lines.filter(({ kind }) => kind === 'renewal').map(({ order_id }) => order_id);
  await withdrawWaitingUpgrades(trx, clock, customerId, renewed);
  // An open renewal is replaced by one at the new price (rule O8); last, because issuing locks the series.
  const open = new Map<number, OpenRenewal>();
  for (const orderId of changed) {
    const renewal = await findOpenRenewal(trx, customerId, orderId);
    if (renewal) open.set(renewal.invoiceId, renewal);
  }
  for (const renewal of open.values()) await reissueRenewal(trx, clock, { customerId, open: renewal });
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
  const revenue = await systemAccount(trx, { kind: 'revenue', currency: invoice.total.currency });
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
  await markInvoicePaid(trx, clock, invoice, balanceAfter);
}

/** Applies a paid line to its order (rule I5). */
async function applyLine(
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
  if (line.kind === 'plan_change')
    return applyPaidPlanChange(trx, clock, {
      ...paid,
      accountId,
      charged: invoice.total,
      terms: line.details.terms,
    });
  await applyPaidLine(trx, clock, {
    ...paid,
    kind: line.kind,
    months: line.months,
    periodFrom: line.period_from,
  });
}
