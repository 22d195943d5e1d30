import { Decimal } from 'decimal.js';
import type { Currency } from '../money/currency.ts';
import { Money } from '../money/money.ts';
import { roundHalfUp } from '../money/rounding.ts';

/** What a period costs. */
export interface PeriodPrice {
  months: number;
  price: Money;
}

export interface PlanPrice extends PeriodPrice {
  /** Compared with the same number of single months; null where there is none. */
  saving: Money | null;
}

/** Compares the price of each period with the same number of single months, where a single month can be bought. */
export function periodsWithSavings<P extends PeriodPrice>(
  periods: P[],
  singleMonth: Money | undefined,
): (P & PlanPrice)[] {
  return periods.map((period) => {
    const saving =
      singleMonth && Money.of(singleMonth.amount.times(period.months), singleMonth.currency).minus(period.price);
    return { ...period, saving: saving?.isPositive ? saving : null };
  });
}

/** What a month of a period costs: shown, never charged, so it is rounded half up. */
export const perMonth = ({ price, months }: PeriodPrice, minor: Currency): Money =>
  roundHalfUp(price.amount.dividedBy(months), minor);

/** What a period saves, in whole per cent of as many single months; null where it saves nothing. */
export function savedPercent({ price, saving }: PlanPrice): number | null {
  if (!saving) return null;
  const percent = saving.amount.times(100).dividedBy(price.plus(saving).amount);
  return percent.toDecimalPlaces(0, Decimal.ROUND_HALF_UP).toNumber() || null;
}

/** The period that costs the least a month, with that price; null of none. */
export function cheapestMonth(prices: PeriodPrice[], minor: Currency): { months: number; monthly: Money } | null {
  const [cheapest] = prices
    .map((price) => ({ months: price.months, monthly: perMonth(price, minor) }))
    .toSorted((a, b) => a.monthly.amount.comparedTo(b.monthly.amount) || a.months - b.months);
  return cheapest ?? null;
}

/** A price as {@link listedPricesOf} selects it: the amount as text, so that no JavaScript number holds it. */
export interface ListedPrice {
  months: number;
  price: string;
}

/**
 * SQL: of rows that are valid from a day on, the one of `:today` for each `key`; null as the value ends what was before.
 * @param value the column of the price
 */
export const validToday = (table: string, { key, value, where }: { key: string; value: string; where: string }) =>
  `select *
   from (
     select distinct on (${key}) ${key}, ${value}
     from ${table}
     where ${where}
       and valid_from <= :today
     order by ${key}, valid_from desc
   ) valid
   where ${value} is not null`;

/**
 * SQL: `listed`, a plan's prices of `:today` in a currency by the months for which its category is sold; null where it
 * has none.
 * @param planId an expression, as are `category` and `currency`
 */
export const listedPricesOf = ({ planId, category, currency }: Record<'planId' | 'category' | 'currency', string>) =>
  `select jsonb_agg(jsonb_build_object('months', r.months, 'price', r.price::text) order by r.months) as listed
   from (
     ${validToday('plan_prices', { key: 'months', value: 'price', where: `plan_id = ${planId} and currency = ${currency}` })}
   ) r
   join category_periods y on y.category = ${category} and y.months = r.months`;

export const toPeriodPrices = (listed: ListedPrice[] | null, currency: string): PeriodPrice[] =>
  (listed ?? []).map(({ months, price }) => ({ months, price: Money.of(price, currency) }));

export const singleMonthOf = (periods: PeriodPrice[]): Money | undefined =>
  periods.find(({ months }) => months === 1)?.price;
