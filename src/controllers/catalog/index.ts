import { listOfferedPlans } from '../../domain/catalog/plan-list-queries.ts';
import { cheapestMonth } from '../../domain/catalog/plan-price.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { RequestContext } from '../../web/request-context.ts';
import { shopperOf } from './shopper.ts';

/** The categories, each with its lowest price a month. */
export async function showCatalog(context: RequestContext) {
  await renderPage(context, 'catalog/index', await catalogPage(context));
}

async function catalogPage(context: RequestContext) {
  const { db, clock, rates, t } = context;
  const shopper = await shopperOf(context);
  const [plans, table, { active }] = await Promise.all([
    listOfferedPlans(db, { currency: shopper.currency, clock }),
    rates.current(),
    context.catalog.current(),
  ]);
  const minor = table.currencies.get(shopper.currency);
  const kinds = active.map((category) => {
    const offered = plans.filter((plan) => plan.category === category.code);
    const cheapest = cheapestMonth(
      offered.flatMap(({ prices }) => prices),
      minor,
    );
    return { category, count: offered.length, cheapest };
  });
  return { title: t('catalog.title'), kinds, shopper };
}
export type CatalogPage = PageOf<typeof catalogPage>;
