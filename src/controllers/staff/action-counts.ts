import type { BillingRun } from '../../domain/billing/run-queries.ts';
import { BILLING_ACTIONS, type BillingAction } from '../../domain/billing/steps/step.ts';
import type { Texts } from '../../web/rendering/texts.ts';

/** How often a run did what, in the order of its steps; without what it did not do. */
export function actionCounts(
  { counts }: BillingRun,
  { t, countText }: Texts,
): { action: BillingAction; label: string }[] {
  return BILLING_ACTIONS.flatMap((action) => {
    const times = counts[action];
    return times ? [{ action, label: `${t(`terms.billing_action.${action}`)} ${countText(times)}` }] : [];
  });
}
