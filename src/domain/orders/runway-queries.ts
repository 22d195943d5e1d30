import type { Day } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { Money } from '../money/money.ts';
import { RENEWABLE } from './order.ts';
import { paidUntilAfter } from './period.ts';

/** How many days ahead renewals are counted. */
const RUNWAY_DAYS = 365;

/** As many renewals are told one by one. */
const SHOWN = 5;

/** A renewal ahead, and what it leaves of the balance: less than nothing where the balance does not cover it. */
export interface RenewalAhead {
  day: Day;
  orderId: number;
  plan: string;
  hostname: string;
  price: Money;
  after: Money;
}

export interface Runway {
  /** How many renewals fall due within those days. */
  renewals: number;
  /** The first of them, covered or not. */
  next: RenewalAhead[];
  /** The first renewal that the balance does not cover; null when it covers all of them. */
  runsOut: RenewalAhead | null;
}

/**
 * How long a balance lasts once what is due is paid from it, as far as it covers that, and every order that can be
 * renewed and is not about to end is renewed for its own period and price on its paid-until date (what is overdue,
 * today), one after the other by day and id: one query. A renewal that is invoiced already is due, not ahead.
 */
export async function getRunway(
  db: Db,
  { customerId, balance, today }: { customerId: number; balance: Money; today: Day },
): Promise<Runway> {
  const { rows } = await db.raw<{
    rows: {
      renewals: number;
      place: number;
      day: Day;
      order_id: number;
      plan: string;
      hostname: string;
      price: string;
      left: string;
    }[];
  }>(
    `with unpaid as (
       select id, total
       from invoices
       where customer_id = :customerId
         and kind = 'service'
         and status = 'unpaid'
     ), lines as (
       select l.invoice_id, l.order_id, l.kind, l.months
       from invoice_lines l
       join unpaid u on u.id = l.invoice_id
     ), replaced as (
       select r.invoice_id
       from lines r
       join lines c on c.order_id = r.order_id and c.kind = 'plan_change'
       where r.kind = 'renewal'
     ), due as (
       select coalesce(sum(total), 0) as total
       from unpaid
       where id not in (select invoice_id from replaced)
     ), invoiced as (
       select order_id, months
       from lines
       where kind = 'renewal'
         and invoice_id not in (select invoice_id from replaced)
     ), renewals as (
       select o.id, o.plan_id, o.hostname, o.price, n,
         greatest(${paidUntilAfter('o.paid_months + coalesce(invoiced.months, 0) + n * o.period_months')}, :today::date) as day
       from orders o
       left join invoiced on invoiced.order_id = o.id
       join generate_series(0, 12) n on n <= 12 / o.period_months
       where o.customer_id = :customerId
         and o.anchor_on is not null
         and not o.ends_at_period
         and ${RENEWABLE}
     ), running as (
       select *, greatest(cast(:balance as numeric) - (select total from due), 0) - sum(price) over earlier as left, row_number() over earlier as place,
         count(*) over () as renewals
       from renewals
       where day <= :today::date + cast(:days as int)
       window earlier as (order by day, id, n rows unbounded preceding)
     )
     select r.renewals, r.place, r.day, r.id as order_id, p.name as plan, r.hostname, r.price, r.left
     from running r
     join plans p on p.id = r.plan_id
     where r.place <= ${SHOWN}
       or r.place = (select min(place) from running where running.left < 0)
     order by r.place`,
    { customerId, today, days: RUNWAY_DAYS, balance: balance.toDatabase() },
  );
  const ahead = rows.map((row) => ({
    day: row.day,
    orderId: row.order_id,
    plan: row.plan,
    hostname: row.hostname,
    price: Money.of(row.price, balance.currency),
    after: Money.of(row.left, balance.currency),
  }));
  const runsOut = ahead.find(({ after }) => after.isNegative) ?? null;
  return { renewals: rows[0]?.renewals ?? 0, next: ahead.slice(0, SHOWN), runsOut };
}
