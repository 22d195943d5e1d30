import type { CustomerViewer } from '../../domain/identity/user-queries.ts';
import { equivalents } from '../../domain/rates/convert.ts';
import type { Exchange } from '../../web/request-context.ts';
import { renderPage } from '../../web/rendering/render-page.ts';
import type { Category } from '../../domain/catalog/plan.ts';
import { listOfferedPlans } from '../../domain/catalog/plan-list-queries.ts';

type CustomerExchange = Exchange<CustomerViewer>;

/** The two kinds of servers there are. */
export async function showCatalog(exchange: CustomerExchange) {
  const { db, viewer, t } = exchange;
  const plans = await listOfferedPlans(db, { currency: viewer.balance.currency });
  const kinds = (['dedicated', 'vps'] as const).map((category) => ({
    category,
    count: plans.filter((plan) => plan.category === category).length,
  }));
  await renderPage(exchange, 'catalog/index', { title: t('catalog.title'), kinds });
}

export const showPlans = (category: Category) => async (exchange: CustomerExchange) => {
  const { db, rates, viewer, t } = exchange;
  const [plans, table] = await Promise.all([
    listOfferedPlans(db, { currency: viewer.balance.currency, category }),
    rates.current(),
  ]);
  const withEquivalents = plans.map((plan) => ({
    ...plan,
    monthly: plan.prices[0] ?? null,
    equivalents: plan.prices[0] ? equivalents(table, plan.prices[0].price) : [],
  }));
  await renderPage(exchange, 'catalog/plans', {
    title: t(`category.${category}`),
    category,
    plans: withEquivalents,
  });
};
