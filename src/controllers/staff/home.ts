import { BASE_CURRENCY } from '../../domain/money/currency.ts';
import { listOpenProposals } from '../../domain/rates/rate-queries.ts';
import { getBalanceTotals } from '../../domain/ledger/balance-totals-queries.ts';
import { listAudit } from '../../domain/audit/audit-queries.ts';
import { findMailDelay } from '../../domain/notifications/mail-queries.ts';
import { listMarkedPayments } from '../../domain/payments/marked-payments-queries.ts';
import { renderPage } from '../../web/rendering/render-page.ts';
import type { StaffRequest } from '../../web/request-context.ts';

const SHOWN_CHANGES = 8;

/** What staff look at first: what is owed to customers, what waits for them, what changed last. */
export async function showStaffHome(context: StaffRequest) {
  const { db, clock, rates, t } = context;
  const [totals, proposals, marked, audit, mailDelay] = await Promise.all([
    rates.current().then((table) => getBalanceTotals(db, table)),
    listOpenProposals(db),
    listMarkedPayments(db),
    listAudit(db, { limit: SHOWN_CHANGES, offset: 0 }),
    findMailDelay(db, clock.now()),
  ]);
  await renderPage(context, 'staff/home', {
    title: t('staff.title'),
    totals,
    base: BASE_CURRENCY,
    proposals,
    marked,
    audit,
    mailDelay,
  });
}
