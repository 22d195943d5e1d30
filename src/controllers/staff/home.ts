import { BASE_CURRENCY } from '../../domain/money/currency.ts';
import { listOpenProposals } from '../../domain/rates/rate-queries.ts';
import { getBalanceTotals } from '../../domain/ledger/balance-totals-queries.ts';
import { listAudit } from '../../domain/audit/audit-queries.ts';
import { findMailDelay, type MailDelay } from '../../domain/notifications/mail-queries.ts';
import { listMarkedPayments } from '../../domain/payments/marked-payments-queries.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { ViewHelpers } from '../../web/rendering/view-helpers.ts';
import type { StaffRequest } from '../../web/request-context.ts';

const SHOWN_CHANGES = 8;

/** What staff look at first: what is owed to customers, what waits for them, what changed last. */
export async function showStaffHome(context: StaffRequest) {
  await renderPage(context, 'staff/home', await staffHomePage(context));
}

async function staffHomePage(context: StaffRequest) {
  const { db, clock, rates, t } = context;
  const [totals, proposals, marked, audit, mailDelay, helpers] = await Promise.all([
    rates.current().then((table) => getBalanceTotals(db, table)),
    listOpenProposals(db),
    listMarkedPayments(db),
    listAudit(db, { limit: SHOWN_CHANGES, offset: 0 }),
    findMailDelay(db, clock.now()),
    context.helpers(),
  ]);
  return {
    title: t('staff.home.title'),
    totals,
    base: BASE_CURRENCY,
    proposals: proposals.length,
    marked,
    audit,
    mailDelay: mailDelay && delayText(mailDelay, helpers),
  };
}
export type StaffHomePage = PageOf<typeof staffHomePage>;

/** Since when how much mail waits, and why as far as is known. */
function delayText({ waiting, since, lastError }: MailDelay, { t, dateTimeText }: ViewHelpers): string {
  const why = lastError ? t('staff.home.mail_last_error', { error: lastError }) : t('staff.home.mail_not_tried');
  return `${t('staff.home.mail_delay', { count: waiting, since: dateTimeText(since) })} ${why}`;
}
