import { Money, sum } from '../money/money.ts';
import type { OfferedPlan, PlanOption } from '../catalog/plan-list-queries.ts';
import type { PeriodPrice } from '../catalog/plan-price.ts';

/** An option for a number of months. */
export const optionPrice = ({ monthly }: Pick<PlanOption, 'monthly'>, months: number): Money =>
  Money.of(monthly.amount.times(months), monthly.currency);

/** What an order costs each period. */
export const recurringPrice = ({ price, months }: PeriodPrice, options: PlanOption[]): Money =>
  sum([price, ...options.map((option) => optionPrice(option, months))], price.currency);

/** What a new order costs: the period with its options and, once, the setup. */
export function totalOf(plan: OfferedPlan, price: PeriodPrice, options: PlanOption[]): Money {
  return sum([recurringPrice(price, options), ...(plan.setupFee ? [plan.setupFee] : [])], price.price.currency);
}
