import { z } from 'zod';
import { addDays, isDay } from '../../platform/clock.ts';
import { listLeftOut } from '../../domain/billing/left-out-queries.ts';
import { BILLING_ACTIONS } from '../../domain/billing/steps/step.ts';
import { MOST_PLAYED, previewDay } from '../../domain/billing/preview-day.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { StaffRequest } from '../../web/request-context.ts';

/** Further ahead so much happens in between that a preview says little. */
const MOST_DAYS_AHEAD = 60;

const Query = z.object({ day: z.string().max(20).catch('') });

/** What the billing calendar would do up to a day; it writes nothing. */
export async function showBillingPreview(context: StaffRequest) {
  await renderPage(context, 'staff/billing-preview', await billingPreviewPage(context));
}

async function billingPreviewPage(context: StaffRequest) {
  const { db, clock, config, req, t } = context;
  const today = clock.today();
  const { day: typed } = Query.parse(req.query);
  const [first, last] = [today, addDays(today, MOST_DAYS_AHEAD)];
  const isWrong = typed !== '' && (!isDay(typed) || typed < first || typed > last);
  const day = typed === '' || isWrong ? addDays(today, 1) : typed;
  const [preview, leftOut, helpers] = await Promise.all([
    previewDay(db, clock, config.seller, day),
    listLeftOut(db, today),
    context.helpers(),
  ]);
  const label = (action: (typeof preview.actions)[number]['action']) => t(`terms.billing_action.${action}`);
  return {
    title: t('staff.preview.title'),
    day,
    typed,
    isWrong,
    first,
    last,
    preview,
    mostPlayed: MOST_PLAYED,
    sums: preview.actions
      .toSorted((a, b) => BILLING_ACTIONS.indexOf(a.action) - BILLING_ACTIONS.indexOf(b.action))
      .map(({ action, count, total }) => ({
        label: label(action),
        count,
        total: total ? helpers.moneyText(total) : '',
      })),
    items: preview.items.map((item) => ({ ...item, label: label(item.action) })),
    leftOut,
  };
}
export type BillingPreviewPage = PageOf<typeof billingPreviewPage>;
