import { Decimal } from 'decimal.js';
import type { Currency } from '../../src/domain/money/currency.ts';

/** A currency as in the table, for tests that need no database. */
export const currencyOf = (code: string, minorDigits: number): Currency => ({
  code,
  minorDigits,
  enabled: true,
  priced: true,
  rateSource: 'ecb',
  markup: new Decimal(0),
});
