import type { Day } from '../../platform/clock.ts';
import type { Db, Transaction } from '../../platform/db/database.ts';
import { Money } from '../money/money.ts';
import { validToday } from '../catalog/plan-price.ts';
import { IS_RENEWED } from '../orders/order-option-queries.ts';
import { type CellChange, cellKey, type PriceMatrix, SETUP } from './price-matrix.ts';

/** A plan's prices and setup fees of a day, in all currencies. */
export async function getPriceMatrix(db: Db | Transaction, planId: number, today: Day): Promise<PriceMatrix> {
  const { rows } = await db.raw<{ rows: { currency: string; months: number | null; price: string }[] }>(
    `select currency, months, price
     from (
       ${validToday('plan_prices', { key: 'currency, months', value: 'price', where: 'plan_id = :planId' })}
     ) p
     union all
     select currency, null, fee
     from (
       ${validToday('plan_setup_fees', { key: 'currency', value: 'fee', where: 'plan_id = :planId' })}
     ) f`,
    { planId, today },
  );
  return new Map(
    rows.map(({ currency, months, price }) => [cellKey({ currency, row: months ?? SETUP }), Money.of(price, currency)]),
  );
}

/** Prices of a plan that were saved together. */
export interface PriceChange {
  id: number;
  version: number;
  validFrom: Day;
  forRunning: boolean;
  noticeDays: number;
  savedBy: string;
  savedAt: Date;
  withdrawn: boolean;
}

/** What was saved of a plan's prices, the last first. */
export async function listPriceChanges(db: Db | Transaction, planId: number): Promise<PriceChange[]> {
  const rows = await db('price_changes as c')
    .join('users as u', 'u.id', 'c.saved_by')
    .where({ 'c.plan_id': planId })
    .orderBy('c.version', 'desc')
    .limit(50)
    .select(
      'c.id',
      'c.version',
      'c.valid_from',
      'c.for_running',
      'c.notice_days',
      'c.saved_at',
      'c.withdrawn_at',
      'u.email',
    );
  return rows.map((row) => ({
    id: row.id,
    version: row.version,
    validFrom: row.valid_from,
    forRunning: row.for_running,
    noticeDays: row.notice_days,
    savedBy: row.email,
    savedAt: row.saved_at,
    withdrawn: row.withdrawn_at !== null,
  }));
}

/** The change that is to come, if there is one. */
export const findWaitingChange = (changes: PriceChange[], today: Day): PriceChange | undefined =>
  changes.find(({ withdrawn, validFrom }) => !withdrawn && validFrom > today);

/** A running order whose price is the one of the list. */
export interface OrderAtListPrice {
  orderId: number;
  customerId: number;
  months: number;
  currency: string;
  /** Of the plan alone, for its period. */
  before: Money;
  after: Money;
}

export interface AffectedOrders {
  atListPrice: OrderAtListPrice[];
  /** How many have a price of their own, which is left alone. */
  others: number;
}

/** SQL: what the plan alone costs an order, `orders as o`, each period. */
export const PLAN_PART = `(o.price - o.period_months * (
  select coalesce(sum(x.monthly), 0)
  from order_options x
  where x.order_id = o.id
    and ${IS_RENEWED}
))`;

/** The orders of a plan that run for the periods of some changes; those that are about to end may be kept after all. */
export async function listAffectedOrders(
  db: Db | Transaction,
  planId: number,
  changes: CellChange[],
): Promise<AffectedOrders> {
  const { rows } = await db.raw<{
    rows: { id: number; customer_id: number; period_months: number; currency: string; plan_price: string }[];
  }>(
    `select o.id, o.customer_id, o.period_months, o.currency, ${PLAN_PART} as plan_price
     from orders o
     where o.plan_id = :planId
       and o.status in ('provisioning', 'active', 'suspended')
     order by o.id`,
    { planId },
  );
  const byCell = new Map(changes.map((change) => [cellKey(change), change]));
  const atListPrice: OrderAtListPrice[] = [];
  let others = 0;
  for (const { id: orderId, customer_id: customerId, period_months: months, currency, plan_price } of rows) {
    const change = byCell.get(cellKey({ row: months, currency }));
    // Where the list has no price any more, the order keeps the one that it has.
    if (!change?.after || !change.before) continue;
    const before = Money.of(plan_price, currency);
    if (before.equals(change.before))
      atListPrice.push({ orderId, customerId, months, currency, before, after: change.after });
    else others += 1;
  }
  return { atListPrice, others };
}

/** The price that an order will have, of which its customer was told. */
export interface ComingPrice {
  from: Day;
  before: Money;
  after: Money;
}

/** What an order will cost each period, where its customer was told of another price; null: as before. */
export async function findComingPrice(db: Db, orderId: number): Promise<ComingPrice | null> {
  const row = await db('order_price_changes as p')
    .join('price_changes as c', 'c.id', 'p.change_id')
    .join('orders as o', 'o.id', 'p.order_id')
    .where({ 'p.order_id': orderId, 'p.applied_on': null, 'p.dropped_on': null })
    .whereNotNull('p.told_on')
    .whereRaw('o.plan_id = c.plan_id and o.period_months = p.months')
    .first<{ starts_on: Day; price: string; difference: string; currency: string } | undefined>(
      'o.price',
      'o.currency',
      db.raw('greatest(c.valid_from, p.told_on + c.notice_days) as starts_on'),
      db.raw('p.price_after - p.price_before as difference'),
    );
  if (!row) return null;
  const before = Money.of(row.price, row.currency);
  return { from: row.starts_on, before, after: before.plus(Money.of(row.difference, row.currency)) };
}
