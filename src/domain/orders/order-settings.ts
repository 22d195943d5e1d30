import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { NotFound, OrderStateRefused } from '../errors.ts';
import { lockOrder } from './lock-order.ts';
import { isInPaidPeriod } from './order.ts';
import { recordOrderEvent } from './record-order-event.ts';

/** Changes the customer's own name and comment for an order. @throws {NotFound} when it is missing or another customer's */
export async function updateOrderNotes(
  db: Db,
  customerId: number,
  orderId: number,
  { serviceName, comment }: { serviceName?: string | undefined; comment: string },
): Promise<void> {
  const changed = await db('orders')
    .where({ id: orderId, customer_id: customerId })
    .update({ comment, ...(serviceName === undefined ? {} : { service_name: serviceName }) });
  if (changed === 0) throw new NotFound();
}

/**
 * Switches an order's auto-renewal; null: inherited from the account. It can be switched off in every status, and
 * otherwise set while the order is in service.
 * @throws {NotFound} @throws {OrderStateRefused}
 */
export async function setOrderAutoRenewal(
  db: Db,
  clock: Clock,
  {
    customerId,
    userId,
    orderId,
    enabled,
  }: { customerId: number; userId: number; orderId: number; enabled: boolean | null },
): Promise<void> {
  await inTransaction(db, async (trx) => {
    const order = await lockOrder(trx, customerId, orderId);
    if (enabled !== false && !isInPaidPeriod(order, clock.today()))
      throw new OrderStateRefused({ order: orderId, status: order.status });
    if (order.autoRenewal === enabled) return;
    await trx('orders').where({ id: orderId }).update({ auto_renewal: enabled });
    const choice = enabled === null ? 'account' : enabled ? 'on' : 'off';
    await recordOrderEvent(trx, clock, {
      orderId,
      customerId,
      kind: 'auto_renewal',
      details: { choice },
      userId,
    });
  });
}
