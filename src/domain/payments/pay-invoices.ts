import type { Clock } from '../../platform/clock.ts';
import type { Db, Transaction } from '../../platform/db/database.ts';
import { inOnePacket, inTransaction } from '../../platform/db/transaction.ts';
import { InsufficientBalance, RenewalReplaced, TopUpFromBalance } from '../errors.ts';
import { sum } from '../money/money.ts';
import { systemAccount } from '../ledger/accounts.ts';
import { postTransactions } from '../ledger/post-transaction.ts';
import { assertUnpaid, type LockedInvoice, type LockedLine, lockInvoicesToPay } from '../invoices/lock-invoices.ts';
import { markInvoicesPaid } from '../invoices/mark-invoices.ts';
import { enqueueMails, type NewMail } from '../notifications/enqueue-mail.ts';
import { applyPaidLine } from '../orders/apply-paid-line.ts';
import { type LockedOrder, lockOrders } from '../orders/lock-order.ts';
import { type OrderEvent, recordOrderEvents } from '../orders/record-order-event.ts';
import { reissueRenewal } from '../renewals/reissue-renewal.ts';
import { findOpenRenewal, type OpenRenewal } from '../renewals/open-renewals.ts';
import { applyPaidPlanChange } from '../plan-changes/apply-plan-change.ts';
import { withdrawWaitingChanges } from '../plan-changes/cancel-waiting-changes.ts';
import { lockPayer, type Payer } from './lock-payer.ts';

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
    const locked = await lockInvoicesToPay(trx, customerId, invoiceIds);
    const invoices = locked.filter(({ id }) => invoiceIds.includes(id));
    await payLockedInvoices(trx, clock, { customerId, userId, invoices });
  });
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
  const lines = invoices.flatMap(linesOf);
  const changed = ordersIn(lines, 'plan_change');
  const renewed = ordersIn(lines, 'renewal');
  const replaced = renewed.find((orderId) => changed.includes(orderId));
  if (replaced !== undefined) throw new RenewalReplaced({ order: replaced });
  const [payer, orders] = await inOnePacket(
    lockPayer(trx, customerId),
    lockOrders(
      trx,
      customerId,
      lines.map(({ orderId }) => orderId),
    ),
  );
  const { balance } = payer.account;
  const total = sum(
    invoices.map((invoice) => invoice.total),
    balance.currency,
  );
  if (balance.isLessThan(total)) throw new InsufficientBalance({ missing: total.minus(balance), balance, total });
  const balances = await moveMoney(trx, clock, payer, { userId, invoices });
  const { events, mails } = await applyLines(trx, clock, { payer, userId, orders, invoices });
  await inOnePacket(
    markInvoicesPaid(
      trx,
      clock,
      invoices.map(({ id }, index) => ({ id, balanceAfter: balances[index] ?? null })),
    ),
    recordOrderEvents(trx, clock, events),
    enqueueMails(trx, clock, oneOfRenewals(customerId, mails)),
  );
  const waitedFor = renewed.filter((orderId) => orders.get(orderId)?.changeWaits);
  if (waitedFor.length > 0) await withdrawWaitingChanges(trx, clock, customerId, waitedFor);
  // An open renewal is replaced by one at the new price (rule O8); last, because issuing locks the series.
  const open = new Map<number, OpenRenewal>();
  for (const orderId of changed) {
    const renewal = await findOpenRenewal(trx, customerId, orderId);
    if (renewal) open.set(renewal.invoiceId, renewal);
  }
  for (const renewal of open.values()) await reissueRenewal(trx, clock, { customerId, open: renewal });
}

/** Several orders that one payment renewed are one message. */
function oneOfRenewals(customerId: number, mails: NewMail[]): NewMail[] {
  const renewals = mails.filter(({ kind }) => kind === 'order_renewed');
  if (renewals.length < 2) return mails;
  const orders = renewals.map(({ data: { order, plan = '', hostname = '', paid_until } }) => ({
    id: Number(order),
    plan,
    hostname,
    ...(paid_until !== undefined && { paid_until }),
  }));
  return [
    ...mails.filter(({ kind }) => kind !== 'order_renewed'),
    { customerId, kind: 'orders_renewed', data: { orders } },
  ];
}

/** A line of a service invoice. */
type OrderLine = LockedLine & { orderId: number };

const linesOf = ({ lines }: LockedInvoice): OrderLine[] =>
  lines.flatMap((line) => (line.orderId === null ? [] : [{ ...line, orderId: line.orderId }]));

const ordersIn = (lines: OrderLine[], kind: LockedLine['kind']) =>
  lines.filter((line) => line.kind === kind).map(({ orderId }) => orderId);

/** @returns the balance after each invoice */
async function moveMoney(
  trx: Transaction,
  clock: Clock,
  { account, systemAccounts }: Payer,
  { userId, invoices }: { userId: number | null; invoices: LockedInvoice[] },
): Promise<(string | null)[]> {
  const { currency } = account.balance;
  const revenue = await systemAccount(trx, { kind: 'revenue', currency }, systemAccounts);
  return postTransactions(
    trx,
    invoices.map(({ id, customerId, total }) => ({
      kind: 'invoice_payment',
      cause: { type: 'invoice', id },
      customerId,
      userId,
      occurredAt: clock.now(),
      entries: [
        { accountId: account.id, money: total.negated() },
        { accountId: revenue, money: total },
      ],
    })),
  );
}

/** Applies paid lines to their orders, which are locked (rule I5). @returns what is to be recorded and sent */
async function applyLines(
  trx: Transaction,
  clock: Clock,
  {
    payer,
    userId,
    orders,
    invoices,
  }: { payer: Payer; userId: number | null; orders: Map<number, LockedOrder>; invoices: LockedInvoice[] },
): Promise<{ events: OrderEvent[]; mails: NewMail[] }> {
  const events: OrderEvent[] = [];
  const mails: NewMail[] = [];
  for (const invoice of invoices)
    for (const line of linesOf(invoice)) {
      const order = orders.get(line.orderId);
      if (!order) throw new Error(`Order ${line.orderId} is not locked`);
      if (line.kind === 'plan_change') {
        const changed = await applyPaidPlanChange(trx, clock, {
          order,
          accountId: payer.account.id,
          invoiceId: line.invoiceId,
          charged: invoice.total,
          terms: line.details.terms,
          userId,
        });
        orders.set(order.id, changed);
        continue;
      }
      const applied = await applyPaidLine(trx, clock, { order, line, userId });
      orders.set(order.id, applied.order);
      events.push(...applied.events);
      mails.push(...applied.mails);
    }
  return { events, mails };
}
