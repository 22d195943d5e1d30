import type { Clock } from '../../platform/clock.ts';
import type { Transaction } from '../../platform/db/database.ts';
import { OrderStateRefused } from '../errors.ts';
import { enqueueMail } from '../notifications/enqueue-mail.ts';
import { lockOrder } from './lock-order.ts';
import { paidUntil } from './period.ts';
import { recordOrderEvent } from './record-order-event.ts';

/**
 * Puts a paid order into service with its address; the paid months are counted from today, its anchor day (rule O6).
 * @throws {NotFound} @throws {OrderStateRefused} unless it is being set up
 */
export async function activateOrder(
  trx: Transaction,
  clock: Clock,
  {
    customerId,
    orderId,
    ip,
    userId = null,
  }: { customerId: number; orderId: number; ip: string; userId?: number | null },
): Promise<void> {
  const order = await lockOrder(trx, customerId, orderId);
  if (order.status !== 'provisioning') throw new OrderStateRefused({ order: orderId, status: order.status });
  const anchor = clock.today();
  const until = paidUntil(anchor, order.paidMonths);
  await trx('orders').where({ id: orderId }).update({
    status: 'active',
    ip,
    anchor_on: anchor,
    paid_until: until,
    activated_at: clock.now(),
  });
  await recordOrderEvent(trx, clock, { orderId, customerId, kind: 'activated', details: { ip }, userId });
  await enqueueMail(trx, clock, {
    customerId,
    kind: 'order_activated',
    data: { order: orderId, plan: order.plan, hostname: order.hostname, ip, paid_until: until },
  });
}
