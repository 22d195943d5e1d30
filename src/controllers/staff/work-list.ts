import { wordKey } from '../../platform/i18n/i18n.ts';
import { BASE_CURRENCY } from '../../domain/money/currency.ts';
import { sumInBase } from '../../domain/rates/convert.ts';
import { getBalanceTotals } from '../../domain/ledger/balance-totals-queries.ts';
import { findMailDelay, type MailDelay } from '../../domain/notifications/mail-queries.ts';
import {
  BROKEN,
  listOverdueByAge,
  listReceivedOn,
  listWork,
  type WorkKind,
  type WorkLine,
} from '../../domain/desk/work-list-queries.ts';
import { getOpeningSteps, type OpeningStepName } from '../../domain/desk/opening-queries.ts';
import type { RateTable } from '../../domain/rates/rate-table.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { ViewHelpers } from '../../web/rendering/view-helpers.ts';
import type { StaffRequest } from '../../web/request-context.ts';
import { installationStates, oldestRate } from './installation-states.ts';

const HOUR = 3_600_000;
/** Milliseconds; what has waited longer stands out. */
const LATE = 48 * HOUR;

/** What staff look at first: what broke overnight, what waits for them, what is overdue, how the installation is. */
export async function showWorkList(context: StaffRequest) {
  await renderPage(context, 'staff/work-list', await workListPage(context));
}

async function workListPage(context: StaffRequest) {
  const { db, clock, config, rates, viewer, t } = context;
  const [now, today, { timeZone }] = [clock.now(), clock.today(), config];
  const seesMoney = viewer.rights.has('money:view');
  const [table, helpers, work, overdue, received, mailDelay] = await Promise.all([
    rates.current(),
    context.helpers(),
    listWork(db, clock, { rights: viewer.rights, timeZone }),
    seesMoney ? listOverdueByAge(db, today) : [],
    seesMoney ? listReceivedOn(db, today, timeZone) : null,
    findMailDelay(db, now),
  ]);
  const lines = work.map((line) => shownLine(line, now, helpers));
  return {
    title: t('staff.work.title'),
    hasGateway: context.gateways.size > 0,
    lead: helpers.dateTimeText(now),
    work,
    broken: lines.filter(({ isBroken }) => isBroken),
    waiting: lines.filter(({ isBroken }) => !isBroken),
    overdue,
    overdueCurrencies: [...new Set(overdue.flatMap(({ totals }) => totals.map(({ currency }) => currency)))],
    overdueCount: overdue.reduce((sum, { count }) => sum + count, 0),
    opening: await openingSteps(context, table),
    states: await installationStates(context, table, helpers),
    received: received && { ...received, inBase: sumInBase(table, received.totals) },
    rateDate: oldestRate(table),
    totals: seesMoney ? await getBalanceTotals(db, table) : null,
    base: BASE_CURRENCY,
    mailDelay: mailDelay && delayText(mailDelay, helpers),
  };
}
export type WorkListPage = PageOf<typeof workListPage>;

/** Where each step of the first hour is done. */
const STEP_HREFS: Record<OpeningStepName, string> = {
  seller: '/staff/settings/seller',
  currencies: '/staff/rates',
  mail: '/staff/settings/mail',
  location: '/staff/locations',
  category: '/staff/categories/new',
  plan: '/staff/plans/new',
  prices: '/staff/plans',
  network: '/staff/networks/new',
};

/** How far an empty installation is, for whoever can go on with it; null: it sells, or is somebody else's to set up. */
async function openingSteps({ db, viewer }: StaffRequest, table: RateTable) {
  if (!viewer.rights.has('settings:edit')) return null;
  const steps = await getOpeningSteps(db, table);
  if (!steps) return null;
  const next = steps.find(({ done }) => !done);
  return {
    done: steps.filter(({ done }) => done).length,
    steps: steps.map((step, index) => ({
      ...step,
      number: index + 1,
      href: STEP_HREFS[step.name],
      isNext: step === next,
    })),
  };
}
export type OpeningSteps = NonNullable<WorkListPage['opening']>;

/** A line of the work list as it is shown. */
export interface ShownWork {
  kind: WorkKind;
  isBroken: boolean;
  count: number;
  label: string;
  details: string;
  age: string;
  isLate: boolean;
  href: string;
}

const HREFS: Record<WorkKind, string> = {
  billing_failures: '/staff/billing',
  mails_not_delivered: '/staff/mails?troubled=1',
  rates_not_fetched: '/staff/rates',
  orders_to_set_up: '/staff/provisioning',
  marked_payments: '/staff/payments?marked=1',
  rate_proposals: '/staff/rates#proposals',
  factor_removals: '/staff/customers',
  networks_low: '/staff/networks',
};

/** What a sort within a kind is called; without one it says it itself, as a currency does. */
const SORT_WORDS: Partial<Record<WorkKind, string>> = {
  billing_failures: 'terms.billing_action',
  mails_not_delivered: 'terms.mail_state',
  rates_not_fetched: 'terms.rate_source',
  marked_payments: 'terms.payment_mark',
};

function shownLine(
  { kind, count, sorts, oldest }: WorkLine,
  now: Date,
  { t, ageText, countText, categoryText }: ViewHelpers,
): ShownWork {
  const words = SORT_WORDS[kind];
  const name = (sort: string) => {
    if (kind === 'orders_to_set_up') return categoryText(sort);
    return words ? t(wordKey(`${words}.${sort}`)) : sort;
  };
  const age = now.getTime() - oldest.getTime();
  const isBroken = (BROKEN as readonly WorkKind[]).includes(kind);
  return {
    kind,
    isBroken,
    count,
    label: t(`staff.work.line.${kind}`, { count }),
    details: Object.entries(sorts)
      .filter(([sort]) => sort !== '')
      .map(([sort, number]) => (number === count ? name(sort) : `${name(sort)}: ${countText(number)}`))
      .join(', '),
    age: ageText(age),
    isLate: !isBroken && age > LATE,
    href: HREFS[kind],
  };
}

/** Since when how much mail waits, and why as far as is known. */
function delayText({ waiting, since, lastError }: MailDelay, { t, dateTimeText }: ViewHelpers): string {
  const why = lastError ? t('staff.work.mail_last_error', { error: lastError }) : t('staff.work.mail_not_tried');
  return `${t('staff.work.mail_delay', { count: waiting, since: dateTimeText(since) })} ${why}`;
}
