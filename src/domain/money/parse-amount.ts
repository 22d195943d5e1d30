import type { Locale } from '../../platform/i18n/locale.ts';
import type { Currency } from './currency.ts';
import { Money } from './money.ts';

/** Why the text is not an amount; each is a sentence in `errors.amount.<key>`. */
export type AmountProblem = 'blank' | 'not_a_number' | 'negative' | 'zero' | 'too_large' | 'too_many_decimals';

export type ParsedAmount = { money: Money; problem?: undefined } | { money?: undefined; problem: AmountProblem };

/** Far above any amount that is paid, and well within what numeric(20, 4) holds. */
const MAX_INTEGER_DIGITS = 12;

const SPACES = /[ \u00a0\u2009\u202f]/g;
const GROUPED_BY_SPACE = /^\d{1,3}( \d{3})+(?=[.,]|$)/;
const GROUPED_BY_COMMA = /^\d{1,3}(,\d{3})+(?=\.|$)/;

/**
 * Reads a positive amount as it is usually written: `1234.5`, `1 234,50`, and in English `1,234.50`. A comma before one or
 * two last digits is a decimal comma in both languages; in English a comma before three digits groups thousands.
 * Only ASCII digits, no sign, no exponent.
 */
export function parseAmount(text: string, currency: Currency, locale: Locale): ParsedAmount {
  const trimmed = text.replace(SPACES, ' ').trim();
  if (trimmed === '') return { problem: 'blank' };
  if (/^[-−]\s*\d/.test(trimmed)) return { problem: 'negative' };
  const plain = ungrouped(trimmed, locale).replace(',', '.');
  const parts = /^(\d+)(?:\.(\d+))?$/.exec(plain);
  if (!parts) return { problem: 'not_a_number' };
  const [, integer = '', decimals = ''] = parts;
  if (integer.replace(/^0+/, '').length > MAX_INTEGER_DIGITS) return { problem: 'too_large' };
  if (decimals.length > currency.minorDigits) return { problem: 'too_many_decimals' };
  const money = Money.of(plain, currency.code);
  return money.isZero ? { problem: 'zero' } : { money };
}

function ungrouped(text: string, locale: Locale): string {
  const bySpace = GROUPED_BY_SPACE.exec(text);
  if (bySpace) return text.replace(bySpace[0], bySpace[0].replaceAll(' ', ''));
  const byComma = locale === 'en' && GROUPED_BY_COMMA.exec(text);
  if (byComma) return text.replace(byComma[0], byComma[0].replaceAll(',', ''));
  return text;
}
