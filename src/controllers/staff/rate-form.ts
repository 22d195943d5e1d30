import { z } from 'zod';
import { addDays, type Day, isDay } from '../../platform/clock.ts';
import { BASE_CURRENCY, type Currencies } from '../../domain/money/currency.ts';
import { Exact } from '../../domain/money/money.ts';

export const RATE_SOURCES = ['ecb', 'cbr', 'manual'] as const;

/** A rate entered by hand, as it is sent. */
export const RateForm = z.object({ currency: z.string(), rate: z.string(), effective_on: z.string() });
export type SentRate = z.infer<typeof RateForm>;

export type RateFormField = keyof SentRate;

/** The rate as a plain decimal, and the fields that cannot be right. */
export function readRate(
  sent: SentRate,
  currencies: Currencies,
  today: Day,
): { text: string; invalid: RateFormField[] } {
  const invalid: RateFormField[] = [];
  const text = sent.rate.trim().replace(',', '.');
  if (!currencies.has(sent.currency) || sent.currency === BASE_CURRENCY) invalid.push('currency');
  if (!/^\d{1,12}(\.\d{1,12})?$/.test(text) || new Exact(text).isZero()) invalid.push('rate');
  if (!isDay(sent.effective_on) || sent.effective_on > addDays(today, 1)) invalid.push('effective_on');
  return { text, invalid };
}

/** A currency's settings, as they are sent; the markup in per cent. */
export const CurrencyForm = z.object({
  enabled: z.enum(['on']).optional(),
  priced: z.enum(['on']).optional(),
  markup: z.string(),
  rate_source: z.enum(RATE_SOURCES).optional().catch(undefined),
  position: z.coerce.number().int().min(0).max(9999).optional().catch(undefined),
});

/** A currency that is added: its code in ISO 4217. */
export const NewCurrencyForm = z.object({
  code: z.string().transform((text) => text.trim().toUpperCase()),
  rate_source: z.enum(RATE_SOURCES).catch('manual'),
});

/** Whether the standard has it, as far as the platform knows. */
export const isCurrencyCode = (code: string): boolean =>
  /^[A-Z]{3}$/.test(code) && Intl.supportedValuesOf('currency').includes(code);

/** The markup as a share of one; null for what is not a number of per cent below 100. */
export function readMarkup(typed: string): string | null {
  const percent = typed.trim().replace(',', '.');
  return /^\d{1,2}(\.\d{1,2})?$/.test(percent) ? new Exact(percent).dividedBy(100).toFixed() : null;
}
