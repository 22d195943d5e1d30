import type { Clock, Day } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { NotFound, OrderStateRefused } from '../errors.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { lockOrder } from '../orders/lock-order.ts';

/**
 * Takes an order out of the billing calendar: until that day, included, it is not invoiced, paid, reminded, suspended or
 * cancelled. What is due by then happens on the day after.
 * @param until null: it is put back
 * @throws {NotFound} @throws {OrderStateRefused} of one that has ended
 */
export async function leaveOut(
  db: Db,
  clock: Clock,
  { by, orderId, until, reason }: { by: number; orderId: number; until: Day | null; reason: string },
): Promise<void> {
  await inTransaction(db, async (trx) => {
    const owner = await trx('orders')
      .where({ id: orderId })
      .first<{ customer_id: number; left_out_until: Day | null } | undefined>('customer_id', 'left_out_until');
    if (!owner) throw new NotFound();
    const { status } = await lockOrder(trx, owner.customer_id, orderId);
    if (status === 'cancelled') throw new OrderStateRefused({ order: orderId, status });
    await trx('orders')
      .where({ id: orderId })
      .update({ left_out_until: until, left_out_reason: until === null ? '' : reason });
    await recordAudit(trx, clock, {
      userId: by,
      action: until === null ? 'order.put_back' : 'order.left_out',
      subject: { type: 'order', id: String(orderId) },
      customerId: owner.customer_id,
      reason,
      details: { order: orderId, before: { until: owner.left_out_until }, after: { until } },
    });
  });
}
