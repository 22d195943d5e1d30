import type { Day } from '../clock.ts';
import type { Db, Transaction } from '../db/database.ts';
import { Money } from '../money/money.ts';
import { paidUntil } from './period.ts';
import type { PaidPeriod } from './unused-days.ts';

/** The periods an order was paid for: its first from the anchor day, then each renewal; setup fees are no period. */
export async function listPaidPeriods(
  db: Db | Transaction,
  orderId: number,
  anchor: Day,
): Promise<PaidPeriod[]> {
  const lines = await db('invoice_lines as l')
    .join('invoices as i', 'i.id', 'l.invoice_id')
    .where({ 'l.order_id': orderId, 'i.status': 'paid' })
    .whereIn('l.kind', ['new_order', 'renewal'])
    .orderBy('l.id')
    .select<{ months: number; period_from: Day | null; period_to: Day | null; amount: string; currency: string }[]>(
      'l.months', 'l.period_from', 'l.period_to', 'l.amount', 'l.currency',
    ); // prettier-ignore
  return lines.map((line) => ({
    from: line.period_from ?? anchor,
    to: line.period_to ?? paidUntil(anchor, line.months),
    amount: Money.of(line.amount, line.currency),
  }));
}
