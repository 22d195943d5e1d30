import { listOptionsOfStaff } from '../../domain/catalog/option-queries.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { StaffRequest } from '../../web/request-context.ts';

/** What can be ordered with plans, by category. */
export async function showStaffOptions(context: StaffRequest) {
  await renderPage(context, 'staff/options', await staffOptionsPage(context));
}

async function staffOptionsPage({ db, clock, rates, catalog, t }: StaffRequest) {
  const [options, table, { all }] = await Promise.all([
    listOptionsOfStaff(db, clock.today()),
    rates.current(),
    catalog.current(),
  ]);
  return {
    title: t('staff.options.title'),
    currencies: table.currencies.priced.map(({ code }) => code),
    categories: all,
    groups: all
      .map((category) => ({ category, options: options.filter((option) => option.category === category.code) }))
      .filter((group) => group.options.length > 0),
  };
}
export type StaffOptionsPage = PageOf<typeof staffOptionsPage>;
