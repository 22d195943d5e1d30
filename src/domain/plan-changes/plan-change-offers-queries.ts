import type { Clock, Day } from '../../platform/clock.ts';
import type { Db, Transaction } from '../../platform/db/database.ts';
import { type Money, sum } from '../money/money.ts';
import { listCurrencies } from '../rates/rate-queries.ts';
import { listOfferedPlans, type OfferedPlan } from '../catalog/plan-list-queries.ts';
import { loadCatalog } from '../catalog/category-queries.ts';
import { type DiskChange, smallerDisk } from '../catalog/disk-size.ts';
import type { Specification } from '../catalog/plan.ts';
import { listOrderOptions } from '../orders/order-option-queries.ts';
import { optionPrice } from '../orders/order-price.ts';
import { getPaidTime, type PaidTime } from '../orders/paid-period-queries.ts';
import { proratePlanChange, type Proration } from './proration.ts';

export interface PlanChangeOffer {
  plan: OfferedPlan;
  /** Data that the present disk holds may not fit; null: it does. */
  smallerDisk: DiskChange | null;
  /** The order's price for its own period from then on, its options included. */
  price: Money;
  proration: Proration;
}

/** The fields of an order that decide which plans it can move to, and for how much. */
export interface ChangingOrder {
  id: number;
  planId: number;
  locationId: number;
  category: string;
  specification: Specification;
  price: Money;
  periodMonths: number;
  anchorOn: Day | null;
}

/**
 * The other plans of the order's category that are sold in its location, each with what moving to it today costs or
 * credits; without those that are sold out, not offered for a period that is paid for, or that refund unused days where
 * the present plan does not.
 */
export async function listPlanChangeOffers(
  db: Db | Transaction,
  order: ChangingOrder,
  clock: Clock,
): Promise<PlanChangeOffer[]> {
  const today = clock.today();
  if (order.anchorOn === null) return [];
  const { currency } = order.price;
  const plans = await listOfferedPlans(db, { currency, category: order.category, clock });
  const { fields } = (await loadCatalog(db)).get(order.category);
  const { refunds_unused: refundable } = await db('plans')
    .where({ id: order.planId })
    .first<{ refunds_unused: boolean }>('refunds_unused');
  const time = await getPaidTime(db, order.id, order.anchorOn);
  const options = await listOrderOptions(db, order.id);
  const extras = sum(
    options.map((option) => optionPrice(option, order.periodMonths)),
    currency,
  );
  const minor = (await listCurrencies(db)).get(currency);
  return (
    plans
      // Days paid on a plan without refunds must not become refundable by a change of plan.
      .filter((plan) => plan.id !== order.planId && plan.inStock && (refundable || !plan.refundsUnused))
      .filter((plan) => plan.locations.some(({ id }) => id === order.locationId))
      .flatMap((plan) => {
        const price = priceFor(plan, order.periodMonths);
        const periods = periodsOn(plan, time, today);
        return price && periods
          ? [
              {
                plan,
                smallerDisk: smallerDisk(fields, plan.specification, order.specification),
                price: price.plus(extras),
                proration: proratePlanChange(periods, today, minor),
              },
            ]
          : [];
      })
  );
}

const priceFor = (plan: OfferedPlan, months: number) => plan.prices.find((price) => price.months === months)?.price;

/** The paid periods with days left, with the plan's prices; null when it has none for one of them. */
function periodsOn(plan: OfferedPlan, { periods, changes }: PaidTime, today: Day) {
  const priced = periods
    .filter(({ to }) => to > today)
    .map((period) => {
      const newPrice = priceFor(plan, period.months);
      const within = changes.filter(({ to }) => to === period.to);
      return newPrice ? { ...period, changes: within, newPrice } : null;
    });
  return priced.every((period) => period !== null) ? priced : null;
}
