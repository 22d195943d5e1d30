import { addDays, type Day, daysBetween } from '../platform/clock.ts';
import { Money } from '../domain/money/money.ts';
import { listStatement } from '../domain/ledger/statement-queries.ts';
import type { Viewer } from '../domain/identity/user-queries.ts';
import { getCustomer } from '../domain/customers/customer-queries.ts';
import { missingFields } from '../domain/customers/profile.ts';
import { listSpendingByMonth } from '../domain/invoices/spending-queries.ts';
import { type DueInvoice, getUnpaidSummary, type UnpaidSummary } from '../domain/invoices/unpaid-queries.ts';
import { listOrdersEndingBy } from '../domain/orders/ending-orders-queries.ts';
import { getOrderTotals } from '../domain/orders/order-totals-queries.ts';
import { ENDING_SOON_DAYS } from '../domain/orders/order.ts';
import { getRunway, type RenewalAhead, type Runway } from '../domain/orders/runway-queries.ts';
import { assertMember } from '../web/guards.ts';
import { monthBars } from '../web/rendering/chart.ts';
import type { SafeHtml } from '../web/rendering/html.ts';
import { deskSections } from '../web/rendering/desk-sections.ts';
import { type PageOf, renderPage } from '../web/rendering/render-page.ts';
import type { ViewHelpers } from '../web/rendering/view-helpers.ts';
import type { CustomerRequest, RequestContext } from '../web/request-context.ts';
import { topUpOffer } from './invoices/top-up-offer.ts';

const ENDING_SHOWN = 6;
const LAST_OPERATIONS = 5;

/** Customers see their dashboard; staff begin in their own area (rule S1), and who sees no invoices with the orders. */
export async function showHome(context: RequestContext<Viewer>) {
  const { viewer, res } = context;
  if (viewer.kind === 'staff')
    return res.redirect(303, deskSections(viewer, '', [], context.t)[0]?.links[0]?.href ?? '/security');
  if (viewer.kind === 'lone') return res.redirect(303, '/security');
  if (!assertMember(viewer).rights.has('invoices:view')) return res.redirect(303, '/orders');
  const page = { ...context, viewer };
  await renderPage(page, 'dashboard', await dashboardPage(page));
}

async function dashboardPage(context: CustomerRequest) {
  const { db, clock, config, rates, viewer, t } = context;
  const today = clock.today();
  const { customerId, balance } = viewer;
  const [missing, unpaid, totals, ending, operations, months, runway, table, helpers] = await Promise.all([
    viewer.profileComplete ? [] : getCustomer(db, customerId).then(missingFields),
    getUnpaidSummary(db, customerId, balance.currency, today),
    getOrderTotals(db, customerId, today),
    listOrdersEndingBy(db, customerId, addDays(today, ENDING_SOON_DAYS), today, ENDING_SHOWN),
    listStatement(db, { customerId, timeZone: config.timeZone }, { limit: LAST_OPERATIONS, offset: 0 }),
    listSpendingByMonth(db, customerId, today, config.timeZone),
    getRunway(db, { customerId, balance, today }),
    rates.current(),
    context.helpers(),
  ]);
  const due = unpaid.together.total;
  const shortfall = balance.isLessThan(due) ? due.minus(balance) : null;
  const spending = months.map(({ month, total }) => ({ month, total: Money.of(total, balance.currency) }));
  return {
    title: t('dashboard.title'),
    /** Empty while only the address of their e-mail is known. */
    name: viewer.name === viewer.email ? '' : viewer.name,
    balance,
    totals,
    unpaid: {
      ...unpaid,
      first: unpaid.first.map((invoice) => ({ ...invoice, due: dueText(invoice, today, helpers) })),
    },
    payTogether: payTogether(unpaid, helpers),
    /** All of it is on its way. */
    allPending: unpaid.count === unpaid.first.filter(({ pending }) => pending).length,
    shortfall,
    topUp: shortfall && topUpOffer(context, table, shortfall, unpaid.together.ids),
    ending,
    ahead: aheadOf(runway, shortfall !== null),
    forecast: shortfall
      ? helpers.sentence('dashboard.short_now', { amount: helpers.money(shortfall) })
      : forecastOf(runway, { left: balance.minus(due), afterPaying: unpaid.count > 0, today }, helpers),
    operations,
    spending,
    spent: spending.reduce((sum, { total }) => sum.plus(total), Money.zero(balance.currency)),
    spendingChart: monthBars(
      spending.map(({ month, total }) => ({
        value: total.amount.toFixed(),
        label: helpers.monthText(month),
        tip: `${helpers.monthYearText(month)}: ${helpers.moneyText(total)}`,
      })),
      { title: t('dashboard.spending_by_month'), locale: context.locale },
    ),
    missing: missing.map(helpers.profileField),
  };
}
export type DashboardPage = PageOf<typeof dashboardPage>;

/**
 * The renewals that prove the sentence: those ahead, with the first that is not covered as the last. None where not even
 * what is due is covered.
 */
function aheadOf({ next, runsOut }: Runway, short: boolean): RenewalAhead[] {
  if (short) return [];
  if (!runsOut) return next;
  const covered = next.filter(({ after }) => !after.isNegative);
  return [...covered.slice(0, next.length === covered.length ? -1 : undefined), runsOut];
}

/** How long the balance lasts, in one sentence; it starts from what is left after paying what is due. */
function forecastOf(
  { runsOut, renewals }: Runway,
  { left, afterPaying, today }: { left: Money; afterPaying: boolean; today: Day },
  { t, sentence, shortDay, money, markup }: ViewHelpers,
): SafeHtml | null {
  const when = afterPaying ? 'after_paying' : 'now';
  if (renewals === 0) return null;
  if (!runsOut) return markup`${t(`dashboard.covers_a_year.${when}`)}`;
  const order = markup`<a href="/orders/${runsOut.orderId}">${t('dashboard.order', { id: runsOut.orderId })}</a>`;
  const amount = money(runsOut.after.negated());
  if (runsOut.day === today) return sentence(`dashboard.needed_today.${when}`, { order, amount });
  if (left.isZero) return sentence(`dashboard.needed_on.${when}`, { day: shortDay(runsOut.day), order, amount });
  const [until, day] = [shortDay(addDays(runsOut.day, -1)), shortDay(runsOut.day)];
  return sentence(`dashboard.covers_until.${when}`, { until, day, order, amount });
}

/** One that is to be paid, with its due date in words. */
export interface ShownDueInvoice extends DueInvoice {
  due: { text: string; overdue: boolean };
}

/** When it is due, as one says it on the day. */
function dueText(
  { dueOn, pending }: DueInvoice,
  today: Day,
  { t, shortDayText }: ViewHelpers,
): { text: string; overdue: boolean } {
  if (pending) return { text: t('dashboard.payment_pending'), overdue: false };
  const days = daysBetween(today, dueOn);
  if (days < 0) return { text: t('dashboard.days_overdue', { count: -days }), overdue: true };
  if (days === 0) return { text: t('dashboard.due_today'), overdue: false };
  if (days === 1) return { text: t('dashboard.due_tomorrow'), overdue: false };
  return { text: t('dashboard.due_on', { day: shortDayText(dueOn) }), overdue: false };
}

/** The button that pays what can be paid at once. */
function payTogether({ together }: UnpaidSummary, { t, moneyText }: ViewHelpers) {
  const [only, ...others] = together.ids;
  const review = `/invoices/payment?${together.ids.map((id) => `invoice=${id}`).join('&')}`;
  return {
    href: others.length === 0 && only !== undefined ? `/invoices/${only}` : review,
    label: t('invoices.show.pay_amount', { amount: moneyText(together.total) }),
  };
}
