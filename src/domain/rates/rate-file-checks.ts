import type { Day } from '../../platform/clock.ts';
import { type RateFileFault, RateFileRefused } from '../errors.ts';
import type { RateSource } from '../money/currency.ts';
import { type CurrencyCode, Exact } from '../money/money.ts';

interface FileRate {
  currency: CurrencyCode;
  /** Units of the currency for one EUR. */
  rate: Exact;
}

export interface RateFile {
  source: RateSource;
  date: Day;
  rates: FileRate[];
}

/**
 * @param near a piece of the text beside the error, to find its line
 * @throws {RateFileRefused} always
 */
export function refuse(reason: RateFileFault, text: string, near: string, detail = near): never {
  const at = near === '' ? -1 : text.indexOf(near);
  const line = text.slice(0, Math.max(at, 0)).split('\n').length;
  throw new RateFileRefused({ reason, line, detail });
}

/** A rate in the format's own notation: digits, the one separator, nothing else; above zero. */
export function parseRate(value: unknown, separator: '.' | ',', text: string, near: string): Exact {
  const shape = separator === '.' ? /^\d{1,14}(\.\d{1,14})?$/ : /^\d{1,14}(,\d{1,14})?$/;
  if (typeof value !== 'string' || !shape.test(value))
    return refuse('not_a_rate', text, near, `${near}: ${typeof value === 'string' ? value : ''}`);
  const rate = new Exact(value.replace(',', '.'));
  if (rate.isZero()) refuse('zero_rate', text, near, `${near}: ${value}`);
  return rate;
}

export function parseCode(value: unknown, text: string): CurrencyCode {
  if (typeof value !== 'string' || !/^[A-Z]{3}$/.test(value)) {
    const written = typeof value === 'string' ? value : '';
    return refuse('not_a_currency', text, written);
  }
  return value;
}

/** @throws {RateFileRefused} when a currency is in the file twice */
export function assertEachOnce(rows: { currency: CurrencyCode }[], text: string) {
  const seen = new Set<string>();
  for (const { currency } of rows) {
    if (seen.has(currency)) refuse('twice', text, currency);
    seen.add(currency);
  }
}
