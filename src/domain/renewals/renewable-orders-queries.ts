import type { Day } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { Exact, Money } from '../money/money.ts';
import {
  type OrderStatus,
  RENEWABLE,
  shownOrderStatus,
  type ShownOrderStatus,
  type SuspensionReason,
} from '../orders/order.ts';
import { nextPeriod } from '../orders/period.ts';
import { openRenewalOf } from './open-renewals.ts';

/** What one invoice renews, and one page shows. */
export const MOST_RENEWED_TOGETHER = 100;

interface RenewalOption {
  months: number;
  price: Money;
  /** The paid-until date it leads to. */
  until: Day;
  /** Compared with the same number of single months; null where there is none. */
  saving: Money | null;
}

export interface RenewableOrder {
  id: number;
  plan: string;
  hostname: string;
  paidUntil: Day;
  status: ShownOrderStatus;
  periodMonths: number;
  /** Paying a renewal keeps an order that was to end. */
  ending: boolean;
  options: RenewalOption[];
  /** The open renewal that a new one would replace. */
  openInvoice: { id: number; number: string } | null;
}

interface Row {
  id: number;
  plan: string;
  hostname: string;
  anchor_on: Day;
  paid_months: number;
  paid_until: Day;
  status: OrderStatus;
  suspended_for: SuspensionReason | null;
  period_months: number;
  ends_at_period: boolean;
  price: string;
  currency: string;
  /** Of its options, a month. */
  extras: string;
  /** `months:price`, of the plan's list. */
  listed: string[] | null;
  open_id: number | null;
  open_number: string | null;
}

/**
 * A customer's orders that can be renewed now, those that end first at the top, each with its periods: one query.
 * @param only one of them; null for all (at most {@link MOST_RENEWED_TOGETHER})
 */
export async function listRenewableOrders(
  db: Db,
  { customerId, only, today }: { customerId: number; only: number | null; today: Day },
): Promise<RenewableOrder[]> {
  const { rows } = await db.raw<{ rows: Row[] }>(
    `select o.id, p.name as plan, o.hostname, o.anchor_on, o.paid_months, o.paid_until, o.status, o.suspended_for,
      o.ends_at_period, o.period_months, o.price,
       o.currency, (select coalesce(sum(monthly), 0) from order_options where order_id = o.id) as extras, prices.listed,
         i.id as open_id, i.number as open_number
     from orders o join plans p on p.id = o.plan_id
     left join lateral (
       select array_agg(months || ':' || price order by months) as listed from plan_prices where plan_id = o.plan_id
         and currency = o.currency
     ) prices on true
     left join lateral (
       ${openRenewalOf('o.id')}
     ) i on true
     where o.customer_id = :customerId and (:only::bigint is null or o.id = :only) and ${RENEWABLE}
     order by o.paid_until, o.id limit ${MOST_RENEWED_TOGETHER}`,
    { customerId, only },
  );
  return rows.map((row) => ({
    id: row.id,
    plan: row.plan,
    hostname: row.hostname,
    paidUntil: row.paid_until,
    status: shownOrderStatus(
      {
        status: row.status,
        suspendedFor: row.suspended_for,
        paidUntil: row.paid_until,
        endsAtPeriod: row.ends_at_period,
      },
      today,
    ),
    periodMonths: row.period_months,
    ending: row.ends_at_period,
    options: optionsOf(row),
    openInvoice: row.open_id === null ? null : { id: row.open_id, number: row.open_number ?? '' },
  }));
}

/** How many orders of a customer can be renewed now. */
export async function countRenewableOrders(db: Db, customerId: number): Promise<number> {
  const { rows } = await db.raw<{ rows: { count: number }[] }>(
    `select count(*) as count from orders o where o.customer_id = :customerId and ${RENEWABLE}`,
    { customerId },
  );
  return rows[0]?.count ?? 0;
}

/**
 * The plan's periods at today's prices, with the order's options; for its own period the order keeps the price it was
 * made at.
 */
function optionsOf(row: Row): RenewalOption[] {
  const prices = new Map(
    (row.listed ?? [])
      .map((text) => text.split(':') as [string, string])
      .map(([months, price]) => [Number(months), price]),
  );
  const withExtras = (months: number, price: string) => new Exact(row.extras).times(months).plus(price).toFixed();
  for (const [months, price] of prices) prices.set(months, withExtras(months, price));
  const single = prices.get(1);
  prices.set(row.period_months, row.price);
  return [...prices]
    .toSorted(([a], [b]) => a - b)
    .map(([months, amount]) => {
      const price = Money.of(amount, row.currency);
      const bySingleMonths =
        single === undefined ? price : Money.of(Money.of(single, row.currency).amount.times(months), row.currency);
      const saving = bySingleMonths.minus(price);
      return {
        months,
        price,
        until: nextPeriod(row.anchor_on, row.paid_months, months).to,
        saving: saving.isPositive ? saving : null,
      };
    });
}
