import { Exact, Money, sum } from '../../domain/money/money.ts';
import type { OfferedPlan } from '../../domain/catalog/plan-list-queries.ts';
import { totalOf } from '../../domain/orders/order-price.ts';

/**
 * The prices that an order form showed, in its field `shown_prices`: each period's total without options and each
 * option's price a month, as `months-1=9.50&months-12=99.00&option-backup=2.50`. They are compared with the prices of
 * the moment in which the order is placed and never used for anything else.
 */
export function writeShownPrices(plan: OfferedPlan): string {
  const periods = plan.prices.map((price) => [ofMonths(price.months), totalOf(plan, price, []).amount.toFixed()]);
  const options = plan.options.map(({ code, monthly }) => [ofOption(code), monthly.amount.toFixed()]);
  return new URLSearchParams([...periods, ...options]).toString();
}

const ofMonths = (months: number) => `months-${months}`;
const ofOption = (code: string) => `option-${code}`;

const AMOUNT = /^\d{1,12}(\.\d{1,4})?$/;

/**
 * What the chosen period and options came to there.
 * @returns undefined where a client does not say what it was shown, null where what it says holds no such price
 */
export function shownTotal(
  shownPrices: string,
  { months, options, currency }: { months: number; options: string[]; currency: string },
): Money | null | undefined {
  if (shownPrices === '') return undefined;
  const shown = new URLSearchParams(shownPrices);
  const [base, ...monthly] = [ofMonths(months), ...options.map(ofOption)].map((name) => shown.get(name) ?? '');
  if (base === undefined || [base, ...monthly].some((amount) => !AMOUNT.test(amount))) return null;
  const extras = monthly.map((amount) => Money.of(new Exact(amount).times(months), currency));
  return sum([Money.of(base, currency), ...extras], currency);
}
