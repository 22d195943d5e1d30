import { BASE_CURRENCY } from '../money/currency.ts';
import type { CurrencyCode, Exact } from '../money/money.ts';
import { assertEachOnce, parseCode, parseRate, type RateFile, refuse } from './rate-file-checks.ts';

interface Valute {
  CharCode?: string;
  Nominal?: string;
  Value?: string;
}

/** Decimals kept of a cross rate: what the column holds. */
const CROSS_RATE_DECIMALS = 15;

/**
 * The Bank of Russia's XML_daily.asp: `ValCurs[@Date]/Valute`, roubles per `Nominal` units with a decimal comma, so the
 * base currency's row gives EUR→RUB, and EUR→X is (RUB per EUR) ÷ (RUB per X) (rule C2). `VunitRate` repeats
 * Value ÷ Nominal, is absent in older files, and is not needed.
 */
export function readCbr(root: unknown, text: string): RateFile {
  const { '@Date': written = '', Valute: rows = [] } = root as { '@Date'?: string; Valute?: Valute[] };
  const parts = /^(\d{2})\.(\d{2})\.(\d{4})$/.exec(written);
  if (!parts) return refuse('not_a_date', text, 'Date', written);
  const roubles = rows.map((row) => {
    const currency = parseCode(row.CharCode, text);
    if (!/^[1-9]\d{0,7}$/.test(row.Nominal ?? ''))
      refuse('not_a_nominal', text, currency, `${currency}: ${row.Nominal}`);
    return { currency, each: parseRate(row.Value, ',', text, currency).dividedBy(row.Nominal as string) };
  });
  assertEachOnce(roubles, text);
  const perBase = roubles.find((row) => row.currency === BASE_CURRENCY)?.each;
  if (!perBase) return refuse('base_missing', text, '', BASE_CURRENCY);
  const others = roubles.filter((row) => row.currency !== BASE_CURRENCY);
  if (others.some((row) => row.currency === 'RUB')) refuse('twice', text, 'RUB');
  return {
    source: 'cbr',
    date: `${parts[3]}-${parts[2]}-${parts[1]}`,
    rates: [
      { currency: 'RUB', rate: storable(perBase, 'RUB', text) },
      ...others.map((row) => ({
        currency: row.currency,
        rate: storable(perBase.dividedBy(row.each), row.currency, text),
      })),
    ],
  };
}

/** A quotient may be larger or smaller than a rate can be. */
function storable(rate: Exact, currency: CurrencyCode, text: string): Exact {
  const rounded = rate.toDecimalPlaces(CROSS_RATE_DECIMALS);
  if (rounded.isZero() || rounded.greaterThanOrEqualTo('1e14')) refuse('not_a_rate', text, currency);
  return rounded;
}
