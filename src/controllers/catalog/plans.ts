import type { Money } from '../../domain/money/money.ts';
import { listOfferedPlans, type OfferedPlan } from '../../domain/catalog/plan-list-queries.ts';
import { perMonth, type PlanPrice, savedPercent } from '../../domain/catalog/plan-price.ts';
import type { Category } from '../../domain/catalog/category.ts';
import { NotFound } from '../../domain/errors.ts';
import { convert } from '../../domain/rates/convert.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { RequestContext } from '../../web/request-context.ts';
import { shopperOf } from './shopper.ts';

/** The plans of one category, with what a month costs for each period. */
export async function showPlans(context: RequestContext) {
  const { active } = await context.catalog.current();
  const category = active.find(({ code }) => code === context.req.params['category']);
  if (!category) throw new NotFound();
  await renderPage(context, 'catalog/plans', await plansPage(context, category, active));
}

/** A plan as a row: by the months of a period, null where it is not sold for one. */
export type ListedPlan = OfferedPlan & { periods: Map<number, ListedPeriod> };

interface ListedPeriod extends PlanPrice {
  monthly: Money;
  /** In per cent; null where nothing is. */
  saved: number | null;
  /** The price of a month in the second currency; null where it has no rate. */
  beside: Money | null;
}

async function plansPage(context: RequestContext, category: Category, categories: Category[]) {
  const { db, clock, rates, locale } = context;
  const shopper = await shopperOf(context);
  const [plans, table] = await Promise.all([
    listOfferedPlans(db, { currency: shopper.currency, category: category.code, clock }),
    rates.current(),
  ]);
  const minor = table.currencies.get(shopper.currency);
  const { currency, beside } = shopper;
  const inOther = (money: Money) =>
    beside !== null && table.has(beside) && table.has(currency) ? convert(table, money, beside).money : null;
  return {
    title: category.names[locale] ?? category.code,
    category,
    categories,
    shopper,
    // Of the second currency.
    rates: beside !== null && table.has(beside) && table.has(currency) ? table.used(currency, beside) : [],
    months: category.periods.filter((months) => plans.some(({ prices }) => prices.some((p) => p.months === months))),
    plans: plans.map((plan): ListedPlan => {
      const periods = plan.prices.map((price): [number, ListedPeriod] => {
        const monthly = perMonth(price, minor);
        return [price.months, { ...price, monthly, saved: savedPercent(price), beside: inOther(monthly) }];
      });
      return { ...plan, periods: new Map(periods) };
    }),
  };
}
export type PlansPage = PageOf<typeof plansPage>;
