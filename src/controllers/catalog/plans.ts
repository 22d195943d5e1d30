import type { Money } from '../../domain/money/money.ts';
import { listOfferedPlans, type OfferedPlan } from '../../domain/catalog/plan-list-queries.ts';
import type { Category } from '../../domain/catalog/plan.ts';
import type { PriceEquivalent } from '../../web/rendering/form-helpers.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { CustomerRequest } from '../../web/request-context.ts';
import { priceEquivalents } from './price-equivalents.ts';

/** The plans of one kind, with their prices in every currency. */
export const showPlans = (category: Category) => async (context: CustomerRequest) => {
  await renderPage(context, 'catalog/plans', await plansPage(context, category));
};

export type PlanWithEquivalents = OfferedPlan & {
  /** For the shortest period; null where there is none. */
  monthly: Money | null;
  equivalents: PriceEquivalent[];
};

async function plansPage({ db, rates, viewer, t }: CustomerRequest, category: Category) {
  const [plans, table] = await Promise.all([
    listOfferedPlans(db, { currency: viewer.balance.currency, category }),
    rates.current(),
  ]);
  return {
    title: t(`terms.category.${category}`),
    category,
    plans: plans.map((plan): PlanWithEquivalents => {
      const monthly = plan.prices[0]?.price ?? null;
      const equivalents = monthly ? priceEquivalents(table, monthly) : [];
      return { ...plan, monthly, equivalents: equivalents.map((equivalent) => ({ ...equivalent, currency: null })) };
    }),
  };
}
export type PlansPage = PageOf<typeof plansPage>;
