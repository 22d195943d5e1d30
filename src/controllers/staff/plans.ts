import { z } from 'zod';
import { listPlansOfStaff, type ListedPlanOfStaff } from '../../domain/catalog/edited-plan-queries.ts';
import { perMonth } from '../../domain/catalog/plan-price.ts';
import { choice, listHref } from '../../web/list-address.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { PlanState } from '../../web/rendering/status-badges.ts';
import type { StaffRequest } from '../../web/request-context.ts';

/** How a plan can be looked for: as customers meet it, and by what it lacks. */
const FILTERS = ['on_sale', 'hidden', 'off', 'low_stock', 'price_missing'] as const;
type Filter = (typeof FILTERS)[number];

/** From here on what is left of a plan is worth a look. */
const LOW_STOCK = 2;

const Query = z.object({ state: choice(FILTERS) });

/** What is sold, by category, with what a month costs in each currency. */
export async function showStaffPlans(context: StaffRequest) {
  await renderPage(context, 'staff/plans', await staffPlansPage(context));
}

const HAS: Record<Filter, (plan: ListedPlanOfStaff) => boolean> = {
  on_sale: ({ active, hidden }) => active && !hidden,
  hidden: ({ active, hidden }) => active && hidden,
  off: ({ active }) => !active,
  low_stock: ({ active, left }) => active && left !== null && left <= LOW_STOCK,
  price_missing: ({ active, missing }) => active && missing.length > 0,
};

async function staffPlansPage(context: StaffRequest) {
  const { db, clock, rates, catalog, req, t } = context;
  const query = Query.parse(req.query);
  const [table, { all: categories }] = await Promise.all([rates.current(), catalog.current()]);
  const currencies = table.currencies.priced.map(({ code }) => code);
  const plans = await listPlansOfStaff(db, { clock, currencies });
  const shown = plans.filter((plan) => !query.state || HAS[query.state](plan));
  return {
    title: t('staff.plans.title'),
    query,
    currencies,
    total: plans.length,
    categories,
    states: FILTERS.map((state) => ({
      state,
      count: plans.filter(HAS[state]).length,
      href: listHref('/staff/plans', {}, { state: state === query.state ? '' : state }),
      current: state === query.state,
    })).filter(({ count, current }) => count > 0 || current),
    groups: categories
      .map((category) => ({
        category,
        plans: shown
          .filter((plan) => plan.category === category.code)
          .map((plan) => ({
            ...plan,
            state: stateOf(plan),
            tone: plan.left === null || plan.left > LOW_STOCK ? '' : plan.left === 0 ? 'text-bad' : 'text-warn',
            monthly: currencies.map((currency) => {
              const price = plan.prices.find((listed) => listed.currency === currency);
              return price ? perMonth(price, table.currencies.get(currency)) : null;
            }),
          })),
      }))
      .filter((group) => group.plans.length > 0),
    missing: plans.filter(HAS.price_missing).map(({ id, name, missing }) => ({
      id,
      name,
      prices: missing
        .map(
          ({ currency, months }) => `${currency}: ${months.map((count) => t('common.months', { count })).join(', ')}`,
        )
        .join('; '),
    })),
  };
}
export type StaffPlansPage = PageOf<typeof staffPlansPage>;
export type PlanOfStaff = StaffPlansPage['groups'][number]['plans'][number];

const stateOf = ({ active, hidden, left }: ListedPlanOfStaff): PlanState =>
  !active ? 'off' : left === 0 ? 'sold_out' : hidden ? 'hidden' : 'on_sale';
