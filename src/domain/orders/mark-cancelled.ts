import type { Clock } from '../../platform/clock.ts';
import type { Transaction } from '../../platform/db/database.ts';
import { OrderStateRefused } from '../errors.ts';
import type { Money } from '../money/money.ts';
import { enqueueMail } from '../notifications/enqueue-mail.ts';
import { lockOrder } from './lock-order.ts';
import { releaseReserved } from './reserve.ts';
import { recordOrderEvent } from './record-order-event.ts';

/** Why an order ended; shown to its customer. */
export type CancellationCause = 'asked' | 'never_paid' | 'not_renewed' | 'period_over' | 'refused';

/**
 * Ends an order at once. Its unpaid invoices are the caller's to cancel. @throws {NotFound} @throws {OrderStateRefused}
 */
export async function markOrderCancelled(
  trx: Transaction,
  clock: Clock,
  {
    customerId,
    orderId,
    userId = null,
    reason,
    cause = 'asked',
    credit,
  }: {
    customerId: number;
    orderId: number;
    userId?: number | null;
    /** As the customer wrote it. */
    reason?: string;
    cause?: CancellationCause;
    /** What was credited for unused days, for the history and the message. */
    credit?: Money;
  },
): Promise<void> {
  const order = await lockOrder(trx, customerId, orderId);
  if (order.status === 'cancelled') throw new OrderStateRefused({ order: orderId, status: order.status });
  await trx('orders')
    .where({ id: orderId })
    .update({
      status: 'cancelled',
      suspended_for: null,
      suspended_on: null,
      ends_at_period: false,
      ...(reason === undefined ? {} : { cancel_reason: reason }),
      cancelled_at: clock.now(),
    });
  await releaseReserved(trx, clock, orderId);
  const details = { ...(credit?.isPositive && { credited: credit.toDatabase(), currency: credit.currency }) };
  await recordOrderEvent(trx, clock, { orderId, customerId, kind: 'cancelled', details, userId });
  await enqueueMail(trx, clock, {
    customerId,
    kind: 'cancelled',
    data: {
      order: orderId,
      plan: order.plan,
      hostname: order.hostname,
      reason: cause,
      ...(credit?.isPositive ? { credited: credit } : {}),
    },
  });
}
