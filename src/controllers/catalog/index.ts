import { listOfferedPlans } from '../../domain/catalog/plan-list-queries.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { CustomerRequest } from '../../web/request-context.ts';

/** The two kinds of servers there are. */
export async function showCatalog(context: CustomerRequest) {
  await renderPage(context, 'catalog/index', await catalogPage(context));
}

async function catalogPage({ db, viewer, t }: CustomerRequest) {
  const plans = await listOfferedPlans(db, { currency: viewer.balance.currency });
  const kinds = (['dedicated', 'vps'] as const).map((category) => ({
    category,
    count: plans.filter((plan) => plan.category === category).length,
  }));
  return { title: t('catalog.title'), kinds };
}
export type CatalogPage = PageOf<typeof catalogPage>;
