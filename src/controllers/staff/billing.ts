import { z } from 'zod';
import { addDays, isDay } from '../../platform/clock.ts';
import { countTroubledMails } from '../../domain/notifications/mail-queries.ts';
import { type BillingRun, countBillingRuns, listBillingRuns } from '../../domain/billing/run-queries.ts';
import type { BillingAction } from '../../domain/billing/steps/step.ts';
import { askForBilling } from '../../domain/staff/ask-for-billing.ts';
import { setFlash } from '../../web/flash.ts';
import { linksOf, listFields, paging } from '../../web/list-address.ts';
import { parseForm } from '../../web/parse-request.ts';
import { refusedForm } from '../../web/refused-form.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { StaffRequest } from '../../web/request-context.ts';
import { actionCounts } from './action-counts.ts';

const { page, per } = listFields(['id'], 'id', 'desc');

/** A day further back than this is a typing mistake. */
const MOST_DAYS_BACK = 60;

export async function showBillingRuns(context: StaffRequest) {
  const refused = refusedForm(context.req, '/staff/billing', RunDay);
  await renderRuns(context, refused?.typed.day ?? null);
}

const RunDay = z.object({ day: z.string().max(100) });

/** Runs the calendar up to a day: today, or one that was left out. Days to come are not billed from here. */
export async function submitBillingRun(context: StaffRequest) {
  const { db, clock, config, jobs, req, res, viewer, t } = context;
  const { day } = parseForm(req.body, RunDay);
  const today = clock.today();
  if (!isDay(day) || day > today || day < addDays(today, -MOST_DAYS_BACK)) return renderRuns(context, day);
  if (config.maintenance) {
    setFlash(req, 'error', t('staff.billing.flash.under_maintenance'));
    return res.redirect(303, '/staff/billing');
  }
  await askForBilling(db, clock, jobs, { day, userId: viewer.userId });
  const { dayText } = await context.helpers();
  setFlash(req, 'success', t('staff.billing.flash.run_requested', { day: dayText(day) }));
  res.redirect(303, '/staff/billing');
}

const Runs = z.object({ page, per });

async function renderRuns(context: StaffRequest, typed: string | null) {
  await renderPage(context, 'staff/billing', await billingPage(context, typed), { status: typed === null ? 200 : 422 });
}

/** A run with how long it took and what it did. */
export interface ShownRun extends BillingRun {
  /** Null while it runs. */
  seconds: number | null;
  did: { action: BillingAction; label: string }[];
}

async function billingPage(context: StaffRequest, typed: string | null) {
  const { db, clock, req, viewer, t } = context;
  const query = Runs.parse(req.query);
  const position = paging(await countBillingRuns(db), query);
  const [runs, mails, helpers] = await Promise.all([
    listBillingRuns(db, { limit: position.per, offset: position.offset }),
    countTroubledMails(db),
    context.helpers(),
  ]);
  return {
    title: t('staff.billing.title'),
    runs: runs.map((run): ShownRun => ({
      ...run,
      seconds: run.finishedAt && Math.round((run.finishedAt.getTime() - run.startedAt.getTime()) / 1000),
      did: actionCounts(run, helpers),
    })),
    mails,
    running: runs.some(({ state }) => state === 'running'),
    today: clock.today(),
    earliest: addDays(clock.today(), -MOST_DAYS_BACK),
    typed,
    mayRun: viewer.rights.has('billing:run'),
    paging: position,
    href: linksOf('/staff/billing', query),
  };
}
export type BillingPage = PageOf<typeof billingPage>;
