import { z } from 'zod';
import { getBillingRun, listRunFailures, listRunItems } from '../../domain/billing/run-queries.ts';
import { BILLING_ACTIONS } from '../../domain/billing/steps/step.ts';
import { retryFailure } from '../../domain/billing/retry-failure.ts';
import { setFlash } from '../../web/flash.ts';
import { choice, linksOf, listFields, paging } from '../../web/list-address.ts';
import { parseId } from '../../web/parse-request.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { StaffRequest } from '../../web/request-context.ts';
import { actionCounts } from './action-counts.ts';

const { page, per } = listFields(['id'], 'id', 'desc');
const Items = z.object({ page, per, action: choice(BILLING_ACTIONS) });

/** Tries one failure again, for its customer alone. */
export async function submitRetry(context: StaffRequest) {
  const { req, res, db, clock, config, viewer, t } = context;
  const runId = parseId(req.params['id']);
  const failureId = parseId(req.params['failure']);
  if (config.maintenance) {
    setFlash(req, 'error', t('staff.billing.flash.under_maintenance'));
    return res.redirect(303, `/staff/billing/${runId}#failures`);
  }
  const message = await retryFailure(db, clock, config.seller, { failureId, by: viewer.userId });
  if (message === null) setFlash(req, 'success', t('staff.billing.flash.retried'));
  else setFlash(req, 'error', t('staff.billing.flash.failed_again', { message }));
  res.redirect(303, `/staff/billing/${runId}#failures`);
}

/** One run: what it did, by what, and what failed. */
export async function showBillingRun(context: StaffRequest) {
  await renderPage(context, 'staff/billing-run', await billingRunPage(context));
}

async function billingRunPage(context: StaffRequest) {
  const { db, req, t } = context;
  const query = Items.parse(req.query);
  const run = await getBillingRun(db, parseId(req.params['id']));
  const all = Object.values(run.counts).reduce((total, count) => total + count, 0);
  const position = paging(query.action ? (run.counts[query.action] ?? 0) : all, query);
  const [items, failures, helpers] = await Promise.all([
    listRunItems(db, run.id, { action: query.action, limit: position.per, offset: position.offset }),
    listRunFailures(db, run.id),
    context.helpers(),
  ]);
  return {
    title: t('staff.billing.run_title', { id: run.id }),
    run,
    items,
    failures,
    mayRun: context.viewer.rights.has('billing:run'),
    actions: actionCounts(run, helpers),
    query,
    paging: position,
    href: linksOf(`/staff/billing/${run.id}`, query),
  };
}
export type BillingRunPage = PageOf<typeof billingRunPage>;
