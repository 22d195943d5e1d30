import type { Clock, Day } from '../../../platform/clock.ts';
import type { Transaction } from '../../../platform/db/database.ts';

export type NoticeKind = 'before_5' | 'before_1' | 'after_1' | 'renewal_failed' | 'renewal_blocked';

/**
 * Records renewal notices, so that each is sent once for a period (rules B2, B3).
 * @returns the orders whose notice is new
 */
export async function recordNoticesOnce<T extends { orderId: number; paidUntil: Day }>(
  trx: Transaction,
  clock: Clock,
  kind: NoticeKind,
  orders: T[],
): Promise<T[]> {
  if (orders.length === 0) return [];
  const recorded = await trx('renewal_notices')
    .insert(
      orders.map(({ orderId, paidUntil }) => ({
        order_id: orderId,
        paid_until: paidUntil,
        kind,
        at: clock.now(),
      })),
    )
    .onConflict(['order_id', 'paid_until', 'kind'])
    .ignore()
    .returning<{ order_id: number }[]>('order_id');
  const fresh = new Set(recorded.map(({ order_id }) => order_id));
  return orders.filter(({ orderId }) => fresh.has(orderId));
}
