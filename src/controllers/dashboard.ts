import { addDays } from '../platform/clock.ts';
import { Exact, Money } from '../domain/money/money.ts';
import { listStatement } from '../domain/ledger/statement-queries.ts';
import type { Viewer } from '../domain/identity/user-queries.ts';
import { getCustomer } from '../domain/customers/customer-queries.ts';
import { missingFields } from '../domain/customers/profile.ts';
import { listSpendingByMonth } from '../domain/invoices/spending-queries.ts';
import { getUnpaidSummary } from '../domain/invoices/unpaid-queries.ts';
import { listOrdersEndingBy } from '../domain/orders/ending-orders-queries.ts';
import { getRunway } from '../domain/orders/runway-queries.ts';
import { topUpFor } from '../domain/payments/top-up-limits.ts';
import { renderPage } from '../web/rendering/render-page.ts';
import type { CustomerRequest, RequestContext } from '../web/request-context.ts';

const ENDING_WITHIN_DAYS = 7;
const LAST_OPERATIONS = 5;

/** Customers see their dashboard; staff begin in their own area (rule S1). */
export async function showHome(context: RequestContext<Viewer>) {
  const { viewer, res } = context;
  if (viewer.kind === 'staff') return res.redirect(303, '/staff');
  await showDashboard({ ...context, viewer });
}

async function showDashboard(context: CustomerRequest) {
  const { db, clock, config, rates, viewer, t } = context;
  const today = clock.today();
  const { customerId, balance } = viewer;
  const [customer, unpaid, ending, operations, months, runway] = await Promise.all([
    getCustomer(db, customerId),
    getUnpaidSummary(db, customerId, balance.currency, today),
    listOrdersEndingBy(db, customerId, addDays(today, ENDING_WITHIN_DAYS), today),
    listStatement(db, { customerId, timeZone: config.timeZone }, { limit: LAST_OPERATIONS, offset: 0 }),
    listSpendingByMonth(db, customerId, today, config.timeZone),
    getRunway(db, { customerId, balance, today }),
  ]);
  const shortfall = balance.isLessThan(unpaid.total) ? unpaid.total.minus(balance) : null;
  await renderPage(context, 'dashboard', {
    title: t('dashboard.title'),
    unpaid,
    shortfall,
    topUp: shortfall && topUpFor(await rates.current(), shortfall, config),
    ending,
    runway,
    operations,
    spending: withHeights(months.map(({ month, total }) => ({ month, total: Money.of(total, balance.currency) }))),
    missing: missingFields(customer),
  });
}

/** Each month's share of the largest, in per cent, for the height of its bar. */
function withHeights(months: { month: string; total: Money }[]) {
  const most = Exact.max(...months.map(({ total }) => total.amount), 0);
  return months.map((month) => ({
    ...month,
    percent: most.isZero() ? 0 : month.total.amount.dividedBy(most).times(100).round().toNumber(),
  }));
}
