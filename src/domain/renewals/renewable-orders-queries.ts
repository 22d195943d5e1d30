import type { Day } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { Money } from '../money/money.ts';
import {
  type ListedPrice,
  listedPricesOf,
  periodsWithSavings,
  type PlanPrice,
  singleMonthOf,
  toPeriodPrices,
} from '../catalog/plan-price.ts';
import { IS_RENEWED } from '../orders/order-option-queries.ts';
import { optionPrice } from '../orders/order-price.ts';
import {
  isEnding,
  type OrderStatus,
  RENEWABLE,
  shownOrderStatus,
  type ShownOrderStatus,
  type SuspensionReason,
} from '../orders/order.ts';
import { nextPeriod } from '../orders/period.ts';
import { openRenewalOf } from './open-renewals.ts';

/** Most orders that one invoice renews and one page shows. */
export const MOST_RENEWED_TOGETHER = 100;

interface RenewalPeriod extends PlanPrice {
  /** The paid-until date it leads to. */
  until: Day;
}

export interface RenewableOrder {
  id: number;
  plan: string;
  hostname: string;
  paidUntil: Day;
  status: ShownOrderStatus;
  periodMonths: number;
  /** Cancelled at the end of its period; paying a renewal undoes that. */
  endsAtPeriod: boolean;
  periods: RenewalPeriod[];
  /** The open renewal that a new one would replace. */
  openInvoice: { id: number; number: string } | null;
}

interface RenewableOrderRow {
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
  /** The plan's. */
  listed: ListedPrice[] | null;
  open_id: number | null;
  open_number: string | null;
}

/**
 * A customer's orders that can be renewed now, those that end first at the top, each with its periods: one query.
 * @param only some of them; null for all (at most {@link MOST_RENEWED_TOGETHER})
 */
export async function listRenewableOrders(
  db: Db,
  { customerId, only, today }: { customerId: number; only: number[] | null; today: Day },
): Promise<RenewableOrder[]> {
  const { rows } = await db.raw<{ rows: RenewableOrderRow[] }>(
    `select o.id, p.name as plan, o.hostname, o.anchor_on, o.paid_months, o.paid_until, o.status, o.suspended_for,
       o.ends_at_period, o.period_months, o.price, o.currency, prices.listed, i.id as open_id, i.number as open_number,
       (select coalesce(sum(x.monthly), 0) from order_options x where x.order_id = o.id and ${IS_RENEWED}) as extras
     from orders o
     join plans p on p.id = o.plan_id
     left join lateral (
       ${listedPricesOf({ planId: 'o.plan_id', category: 'p.category', currency: 'o.currency' })}
     ) prices on true
     left join lateral (
       ${openRenewalOf('o.id')}
     ) i on true
     where o.customer_id = :customerId
       and (:only::bigint[] is null or o.id = any(:only))
       and ${RENEWABLE}
     order by o.paid_until, o.id
     limit ${MOST_RENEWED_TOGETHER}`,
    { customerId, only, today },
  );
  return rows.map((row) => toRenewable(row, today));
}

function toRenewable(row: RenewableOrderRow, today: Day): RenewableOrder {
  const { status, suspended_for: suspendedFor, paid_until: paidUntil, ends_at_period: endsAtPeriod } = row;
  const state = { status, suspendedFor, paidUntil, endsAtPeriod };
  return {
    id: row.id,
    plan: row.plan,
    hostname: row.hostname,
    paidUntil,
    status: shownOrderStatus(state, today),
    periodMonths: row.period_months,
    endsAtPeriod: isEnding(state, today),
    periods: periodsOf(row),
    openInvoice: row.open_id === null ? null : { id: row.open_id, number: row.open_number ?? '' },
  };
}

/** How many orders of a customer can be renewed now. */
export async function countRenewableOrders(db: Db, customerId: number): Promise<number> {
  const { rows } = await db.raw<{ rows: { count: number }[] }>(
    `select count(*) as count
     from orders o
     where o.customer_id = :customerId
       and ${RENEWABLE}`,
    { customerId },
  );
  return rows[0]?.count ?? 0;
}

/**
 * The plan's periods at today's prices, with the order's options; for its own period the order keeps the price it was
 * made at.
 */
function periodsOf(row: RenewableOrderRow): RenewalPeriod[] {
  const { currency, anchor_on, paid_months } = row;
  const extras = { monthly: Money.of(row.extras, currency) };
  const listed = toPeriodPrices(row.listed, currency).map(({ months, price }) => ({
    months,
    price: price.plus(optionPrice(extras, months)),
  }));
  const own = { months: row.period_months, price: Money.of(row.price, currency) };
  const periods = [...listed.filter(({ months }) => months !== own.months), own]
    .toSorted((a, b) => a.months - b.months)
    .map((period) => ({ ...period, until: nextPeriod(anchor_on, paid_months, period.months).to }));
  return periodsWithSavings(periods, singleMonthOf(listed));
}
