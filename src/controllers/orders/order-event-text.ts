import { wordKey } from '../../platform/i18n/i18n.ts';
import { Money } from '../../domain/money/money.ts';
import type { OrderHistoryEntry } from '../../domain/orders/order-queries.ts';
import type { Texts } from '../../web/rendering/texts.ts';

/** A line of an order's history as a sentence. */
export function eventText({ kind, details }: OrderHistoryEntry, { t, dayText, moneyText, locale }: Texts): string {
  const { until, reason, months, choice, options, before, after, currency } = details;
  const amount = (value: unknown) =>
    typeof value === 'string' && typeof currency === 'string' ? moneyText(Money.of(value, currency)) : '';
  return t(`terms.order_event.${kind}`, {
    ...(details as Record<string, string | number>),
    until: typeof until === 'string' ? dayText(until) : '',
    options: options !== null && typeof options === 'object' ? (options[locale] ?? '') : '',
    reason: typeof reason === 'string' ? t(wordKey(`terms.suspension.${reason}`)) : '',
    before: amount(before),
    after: amount(after),
    count: Number(months ?? 0),
    choice: typeof choice === 'string' ? t(wordKey(`terms.auto_renewal.${choice}`)) : '',
  });
}
