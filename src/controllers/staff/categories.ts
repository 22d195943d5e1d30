import { listCategoryUse } from '../../domain/catalog/category-queries.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { StaffRequest } from '../../web/request-context.ts';

/** What plans are grouped by, in their order. */
export async function showCategories(context: StaffRequest) {
  await renderPage(context, 'staff/categories', await categoriesPage(context));
}

async function categoriesPage({ db, catalog, t }: StaffRequest) {
  const [{ all }, use] = await Promise.all([catalog.current(), listCategoryUse(db)]);
  return {
    title: t('staff.categories.title'),
    categories: all.map((category) => ({ ...category, plans: 0, orders: 0, ...use.get(category.code) })),
  };
}
export type CategoriesPage = PageOf<typeof categoriesPage>;
