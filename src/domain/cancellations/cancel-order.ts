import type { Clock } from '../../platform/clock.ts';
import type { Db, Transaction } from '../../platform/db/database.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { OrderStateRefused } from '../errors.ts';
import { Money } from '../money/money.ts';
import { listCurrencies } from '../rates/rate-queries.ts';
import { systemAccount } from '../ledger/accounts.ts';
import { postTransaction } from '../ledger/post-transaction.ts';
import { markInvoiceCancelled } from '../invoices/mark-invoices.ts';
import { lockOrderWithInvoices } from '../orders/lock-order-with-invoices.ts';
import type { LockedOrder } from '../orders/lock-order.ts';
import { markOrderCancelled } from '../orders/mark-cancelled.ts';
import { isCancellable } from '../orders/order.ts';
import { getPaidTime } from '../orders/paid-period-queries.ts';
import { valueOfUnusedDays } from '../orders/unused-days.ts';
import { reissueRenewal } from '../renewals/reissue-renewal.ts';
import { findOpenRenewal } from '../renewals/open-renewals.ts';

/**
 * Ends an order at once (rule O9): its unpaid invoices are cancelled (renewals of other orders on them are
 * invoiced again), its address is released, and, only where the plan says so, its unused days are credited. Locks its
 * invoices, the ledger account, then the order.
 * @returns what was credited for unused days; zero where the plan does not say so
 * @throws {NotFound} @throws {OrderStateRefused} @throws {SomethingChanged} when an invoice was issued meanwhile
 */
export async function cancelOrder(
  db: Db,
  clock: Clock,
  {
    customerId,
    userId,
    orderId,
    reason,
  }: { customerId: number; userId: number | null; orderId: number; reason: string },
): Promise<Money> {
  return inTransaction(db, async (trx) => {
    const { order, account, unpaid } = await lockOrderWithInvoices(trx, customerId, orderId);
    if (!isCancellable(order)) throw new OrderStateRefused({ order: orderId, status: order.status });
    const open = await findOpenRenewal(trx, customerId, orderId);
    for (const invoice of unpaid) await markInvoiceCancelled(trx, clock, invoice);
    const credit = await creditForUnusedDays(trx, clock, order);
    if (credit.isPositive) await book(trx, clock, order, account.id, credit);
    await markOrderCancelled(trx, clock, { customerId, orderId, userId, reason, credit });
    await reissueRenewal(trx, clock, { customerId, open, without: [orderId] });
    return credit;
  });
}

/** What cancelling now would credit: for the page before, and for the command itself. */
export async function creditForUnusedDays(
  db: Db | Transaction,
  clock: Clock,
  order: Pick<LockedOrder, 'id' | 'planId' | 'price' | 'anchorOn'>,
): Promise<Money> {
  const { currency } = order.price;
  const plan = await db('plans').where({ id: order.planId }).first<{ refunds_unused: boolean }>('refunds_unused');
  if (!plan.refunds_unused || order.anchorOn === null) return Money.zero(currency);
  const { periods, options, changes } = await getPaidTime(db, order.id, order.anchorOn);
  return valueOfUnusedDays(
    [...periods, ...options, ...changes],
    clock.today(),
    (await listCurrencies(db)).get(currency),
  );
}

async function book(trx: Transaction, clock: Clock, order: LockedOrder, accountId: number, credit: Money) {
  const revenue = await systemAccount(trx, { kind: 'revenue', currency: credit.currency });
  await postTransaction(trx, {
    kind: 'refund',
    cause: { type: 'cancellation', id: order.id },
    customerId: order.customerId,
    occurredAt: clock.now(),
    entries: [
      { accountId, money: credit },
      { accountId: revenue, money: credit.negated() },
    ],
  });
}
