import { z } from 'zod';
import { getBillingRun, listRunFailures, listRunItems } from '../../domain/billing/run-queries.ts';
import { BILLING_ACTIONS } from '../../domain/billing/steps/step.ts';
import { choice, linksOf, listFields, paging } from '../../web/list-address.ts';
import { parseId } from '../../web/parse-request.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { StaffRequest } from '../../web/request-context.ts';
import { actionCounts } from './action-counts.ts';

const { page, per } = listFields(['id'], 'id', 'desc');
const Items = z.object({ page, per, action: choice(BILLING_ACTIONS) });

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
    actions: actionCounts(run, helpers),
    query,
    paging: position,
    href: linksOf(`/staff/billing/${run.id}`, query),
  };
}
export type BillingRunPage = PageOf<typeof billingRunPage>;
