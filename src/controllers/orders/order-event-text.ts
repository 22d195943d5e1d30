import type { OrderHistoryEntry } from '../../domain/orders/order-queries.ts';
import type { Texts } from '../../web/rendering/texts.ts';

/** A line of an order's history as a sentence. */
export function eventText({ kind, details }: OrderHistoryEntry, { t, dayText }: Texts): string {
  const { until, reason, months, choice } = details;
  return t(`order_event.${kind}`, {
    ...details,
    until: typeof until === 'string' ? dayText(until) : '',
    reason: reason ? t(`suspension.${reason}`) : '',
    count: Number(months ?? 0),
    choice: choice ? t(`orders.auto_renewal_choice.${choice}`) : '',
  });
}
