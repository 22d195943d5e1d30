import type { Clock } from '../../platform/clock.ts';
import type { Transaction } from '../../platform/db/database.ts';
import { OrderStateRefused } from '../errors.ts';
import { enqueueMails, type NewMail } from '../notifications/enqueue-mail.ts';
import { type LockedOrder, lockOrder } from './lock-order.ts';
import { paidUntil } from './period.ts';
import { type OrderEvent, recordOrderEvents } from './record-order-event.ts';

/** A locked order as a change has left it, with what its caller is still to record and to send. */
export interface ChangedOrder {
  order: LockedOrder;
  events: OrderEvent[];
  mails: NewMail[];
}

/**
 * Puts a paid order into service with its address.
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
  const locked = await lockOrder(trx, customerId, orderId);
  const { events, mails } = await putIntoService(trx, clock, locked, { ip, userId });
  await recordOrderEvents(trx, clock, events);
  await enqueueMails(trx, clock, mails);
}

/**
 * Puts a locked order into service; the paid months are counted from today, its anchor day (rule O6).
 * @throws {OrderStateRefused} unless it is being set up
 */
export async function putIntoService(
  trx: Transaction,
  clock: Clock,
  order: LockedOrder,
  { ip, userId }: { ip: string; userId: number | null },
): Promise<ChangedOrder> {
  const { id: orderId, customerId, plan, hostname } = order;
  if (order.status !== 'provisioning') throw new OrderStateRefused({ order: orderId, status: order.status });
  const anchorOn = clock.today();
  const until = paidUntil(anchorOn, order.paidMonths);
  await trx('orders').where({ id: orderId }).update({
    status: 'active',
    ip,
    anchor_on: anchorOn,
    paid_until: until,
    activated_at: clock.now(),
  });
  const data = { order: orderId, plan, hostname, ip, paid_until: until, connect: order.howToConnect };
  return {
    order: { ...order, status: 'active', ip, anchorOn, paidUntil: until },
    events: [{ orderId, customerId, kind: 'activated', details: { ip }, userId }],
    mails: [{ customerId, kind: 'order_activated', data }],
  };
}
