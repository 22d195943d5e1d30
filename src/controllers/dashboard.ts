import { addDays } from '../platform/clock.ts';
import { Money } from '../domain/money/money.ts';
import { listStatement } from '../domain/ledger/statement-queries.ts';
import type { Viewer } from '../domain/identity/user-queries.ts';
import { getCustomer } from '../domain/customers/customer-queries.ts';
import { missingFields } from '../domain/customers/profile.ts';
import { listSpendingByMonth } from '../domain/invoices/spending-queries.ts';
import { getUnpaidSummary, type UnpaidSummary } from '../domain/invoices/unpaid-queries.ts';
import { listOrdersEndingBy } from '../domain/orders/ending-orders-queries.ts';
import { getRunway } from '../domain/orders/runway-queries.ts';
import { type ShortfallTopUp, topUpFor } from '../domain/payments/top-up-limits.ts';
import { monthBars } from '../web/rendering/chart.ts';
import { type PageOf, renderPage } from '../web/rendering/render-page.ts';
import type { ViewHelpers } from '../web/rendering/view-helpers.ts';
import type { CustomerRequest, RequestContext } from '../web/request-context.ts';
import { topUpHref } from './balance/top-up-href.ts';

const ENDING_WITHIN_DAYS = 7;
const LAST_OPERATIONS = 5;

/** Customers see their dashboard; staff begin in their own area (rule S1). */
export async function showHome(context: RequestContext<Viewer>) {
  const { viewer, res } = context;
  if (viewer.kind === 'staff') return res.redirect(303, '/staff');
  const page = { ...context, viewer };
  await renderPage(page, 'dashboard', await dashboardPage(page));
}

async function dashboardPage(context: CustomerRequest) {
  const { db, clock, config, rates, viewer, gateways, t } = context;
  const today = clock.today();
  const { customerId, balance } = viewer;
  const [missing, unpaid, ending, operations, months, runway, table, helpers] = await Promise.all([
    viewer.profileComplete ? [] : getCustomer(db, customerId).then(missingFields),
    getUnpaidSummary(db, customerId, balance.currency, today),
    listOrdersEndingBy(db, customerId, addDays(today, ENDING_WITHIN_DAYS), today),
    listStatement(db, { customerId, timeZone: config.timeZone }, { limit: LAST_OPERATIONS, offset: 0 }),
    listSpendingByMonth(db, customerId, today, config.timeZone),
    getRunway(db, { customerId, balance, today }),
    rates.current(),
    context.helpers(),
  ]);
  const shortfall = balance.isLessThan(unpaid.total) ? unpaid.total.minus(balance) : null;
  const spending = months.map(({ month, total }) => ({ month, total: Money.of(total, balance.currency) }));
  return {
    title: t('dashboard.title'),
    name: viewer.name,
    balance,
    unpaid,
    payTogether: payTogether(unpaid, helpers),
    shortfall,
    topUp: shortfall && gateways.size > 0 ? topUpLink(topUpFor(table, shortfall, config), helpers) : null,
    ending,
    runway,
    operations,
    spending,
    spendingChart: monthBars(
      spending.map(({ month, total }) => ({
        value: total.amount.toFixed(),
        label: helpers.monthText(month),
        tip: `${helpers.monthYearText(month)}: ${helpers.moneyText(total)}`,
      })),
      { title: t('dashboard.spending_by_month') },
    ),
    missing: missing.map(helpers.profileField),
  };
}
export type DashboardPage = PageOf<typeof dashboardPage>;

/** The button that pays what can be paid at once. */
function payTogether({ together, count }: UnpaidSummary, { t, moneyText }: ViewHelpers) {
  const href = `/invoices/payment?${together.ids.map((id) => `invoice=${id}`).join('&')}`;
  if (count === 1) return { href, label: t('common.pay') };
  if (together.ids.length === count) return { href, label: t('dashboard.pay_all') };
  return {
    href,
    label: t('dashboard.pay_some', { count: together.ids.length, amount: moneyText(together.total) }),
  };
}

function topUpLink({ amount, times }: ShortfallTopUp, { t, moneyText }: ViewHelpers) {
  const label =
    times === 1 ? t('dashboard.top_up_difference') : t('common.top_up_amount', { amount: moneyText(amount) });
  return { href: topUpHref({ amount: amount.amount.toFixed(), currency: amount.currency }), label };
}
