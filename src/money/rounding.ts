import { Decimal } from 'decimal.js';
import type { Currency } from './currency.ts';
import { Money } from './money.ts';

/** To the currency's minor unit, halves away from zero: for what is shown (rule C6). */
export function roundHalfUp(amount: Decimal, currency: Currency): Money {
  return Money.of(amount.toDecimalPlaces(currency.minorDigits, Decimal.ROUND_HALF_UP), currency.code);
}

/** To the currency's minor unit, towards zero: for what is credited (rule C6). */
export function roundDown(amount: Decimal, currency: Currency): Money {
  return Money.of(amount.toDecimalPlaces(currency.minorDigits, Decimal.ROUND_DOWN), currency.code);
}

/** To the currency's minor unit, away from zero: for what has to cover something. */
export function roundUp(amount: Decimal, currency: Currency): Money {
  return Money.of(amount.toDecimalPlaces(currency.minorDigits, Decimal.ROUND_UP), currency.code);
}
