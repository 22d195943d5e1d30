import { equivalents } from '../../domain/rates/convert.ts';
import { listOfferedPlans } from '../../domain/catalog/plan-list-queries.ts';
import type { Category } from '../../domain/catalog/plan.ts';
import { renderPage } from '../../web/rendering/render-page.ts';
import type { CustomerRequest } from '../../web/request-context.ts';

/** The plans of one kind, with their prices in every currency. */
export const showPlans = (category: Category) => async (context: CustomerRequest) => {
  const { db, rates, viewer, t } = context;
  const [plans, table] = await Promise.all([
    listOfferedPlans(db, { currency: viewer.balance.currency, category }),
    rates.current(),
  ]);
  const withEquivalents = plans.map((plan) => ({
    ...plan,
    monthly: plan.prices[0] ?? null,
    equivalents: plan.prices[0] ? equivalents(table, plan.prices[0].price) : [],
  }));
  await renderPage(context, 'catalog/plans', {
    title: t(`category.${category}`),
    category,
    plans: withEquivalents,
  });
};
