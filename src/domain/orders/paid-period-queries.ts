import type { Day } from '../../platform/clock.ts';
import type { Db, Transaction } from '../../platform/db/database.ts';
import { Money } from '../money/money.ts';
import { paidUntil } from './period.ts';
import type { PaidPeriod } from './unused-days.ts';

export interface PaidTime {
  /** The first from the anchor day, then each renewal. */
  periods: (PaidPeriod & { months: number })[];
  /** Options, ordered with the server or added to it; they stay as they are when the plan changes. */
  options: PaidPeriod[];
  /** What plan changes charged or credited for days of them. */
  changes: PaidPeriod[];
}

/** What was paid for an order, by days; setup fees are for no days and left out. */
export async function getPaidTime(db: Db | Transaction, orderId: number, anchor: Day): Promise<PaidTime> {
  const lines = await db('invoice_lines as l')
    .join('invoices as i', 'i.id', 'l.invoice_id')
    .where({ 'l.order_id': orderId, 'i.status': 'paid' })
    .whereIn('l.kind', ['new_order', 'renewal', 'option'])
    .orderBy('l.id')
    .select<
      {
        kind: string;
        months: number;
        period_from: Day | null;
        period_to: Day | null;
        amount: string;
        currency: string;
      }[]
    >('l.kind', 'l.months', 'l.period_from', 'l.period_to', 'l.amount', 'l.currency');
  const parts = await db('plan_change_parts as c')
    .join('plan_changes as h', 'h.id', 'c.plan_change_id')
    .where({ 'c.order_id': orderId })
    .select<{ option: boolean; period_from: Day; period_to: Day; amount: string; currency: string }[]>(
      // Options that were added: the plan stayed.
      db.raw('h.from_plan_id = h.to_plan_id as option'),
      'c.period_from',
      'c.period_to',
      'c.amount',
      'c.currency',
    );
  const paid = lines.map((line) => ({
    option: line.kind === 'option',
    from: line.period_from ?? anchor,
    to: line.period_to ?? paidUntil(anchor, line.months),
    months: line.months,
    amount: Money.of(line.amount, line.currency),
  }));
  const changed = parts.map((part) => ({
    option: part.option,
    from: part.period_from,
    to: part.period_to,
    amount: Money.of(part.amount, part.currency),
  }));
  return {
    periods: paid.filter(({ option }) => !option),
    options: [...paid, ...changed].filter(({ option }) => option),
    changes: changed.filter(({ option }) => !option),
  };
}
