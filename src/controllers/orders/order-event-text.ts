import { wordKey } from '../../platform/i18n/i18n.ts';
import type { OrderHistoryEntry } from '../../domain/orders/order-queries.ts';
import type { Texts } from '../../web/rendering/texts.ts';

/** A line of an order's history as a sentence. */
export function eventText({ kind, details }: OrderHistoryEntry, { t, dayText }: Texts): string {
  const { until, reason, months, choice } = details;
  return t(`terms.order_event.${kind}`, {
    ...details,
    until: typeof until === 'string' ? dayText(until) : '',
    reason: reason ? t(wordKey(`terms.suspension.${reason}`)) : '',
    count: Number(months ?? 0),
    choice: choice ? t(wordKey(`terms.auto_renewal.${choice}`)) : '',
  });
}
