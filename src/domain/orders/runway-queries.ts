import type { Day } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { Money } from '../money/money.ts';
import { RENEWABLE } from './order.ts';
import { paidUntilAfter } from './period.ts';

/** How many days ahead renewals are counted. */
const RUNWAY_DAYS = 365;

export interface Runway {
  /** How many renewals fall due within those days. */
  renewals: number;
  /** The first renewal that the balance does not cover; null when it covers all of them. */
  runsOut: { day: Day; orderId: number; plan: string; short: Money } | null;
}

/**
 * How long the balance lasts when every order that can be renewed and is not about to end is renewed for its own period
 * and price on its paid-until date (what is overdue, today), one after the other by day and id: one query.
 */
export async function getRunway(
  db: Db,
  { customerId, balance, today }: { customerId: number; balance: Money; today: Day },
): Promise<Runway> {
  const { rows } = await db.raw<{
    rows: {
      renewals: number;
      day: Day | null;
      order_id: number | null;
      plan: string | null;
      short: string | null;
    }[];
  }>(
    `with renewals as (
       select o.id, o.plan_id, o.price, n,
         greatest(${paidUntilAfter('o.paid_months + n * o.period_months')}, :today::date) as day
       from orders o
       join generate_series(0, 12) n on n <= 12 / o.period_months
       where o.customer_id = :customerId
         and o.anchor_on is not null
         and not o.ends_at_period
         and ${RENEWABLE}
     ), running as (
       select *, sum(price) over (order by day, id, n rows unbounded preceding) - cast(:balance as numeric) as short
       from renewals
       where day <= :today::date + cast(:days as int)
     )
     select (select count(*) from running) as renewals, r.day, r.id as order_id, p.name as plan, r.short
     from (select 1) one
     left join lateral (
       select *
       from running
       where short > 0
       order by day, id, n
       limit 1
     ) r on true
     left join plans p on p.id = r.plan_id`,
    { customerId, today, days: RUNWAY_DAYS, balance: balance.toDatabase() },
  );
  const [row] = rows;
  return {
    renewals: row?.renewals ?? 0,
    runsOut:
      row?.day && row.order_id && row.short
        ? {
            day: row.day,
            orderId: row.order_id,
            plan: row.plan ?? '',
            short: Money.of(row.short, balance.currency),
          }
        : null,
  };
}
