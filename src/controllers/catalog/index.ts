import { listOfferedPlans } from '../../domain/catalog/plan-list-queries.ts';
import { renderPage } from '../../web/rendering/render-page.ts';
import type { CustomerRequest } from '../../web/request-context.ts';

/** The two kinds of servers there are. */
export async function showCatalog(context: CustomerRequest) {
  const { db, viewer, t } = context;
  const plans = await listOfferedPlans(db, { currency: viewer.balance.currency });
  const kinds = (['dedicated', 'vps'] as const).map((category) => ({
    category,
    count: plans.filter((plan) => plan.category === category).length,
  }));
  await renderPage(context, 'catalog/index', { title: t('catalog.title'), kinds });
}
