import { Decimal } from 'decimal.js';
import type { Currency } from './currency.ts';
import { Exact, Money } from './money.ts';

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

/** The least amount of a currency: one of its minor unit. */
export function leastAmount(currency: Currency): Money {
  return Money.of(new Exact(10).pow(-currency.minorDigits), currency.code);
}

/** Three thirds in decimals are not quite one; rounded to this many places, far beyond any minor unit, they are. */
const SUM_PLACES = 30;

/** Rounds a sum of quotients towards zero, as if each had been exact. */
export function roundSumDown(amount: Decimal, currency: Currency): Money {
  return roundDown(amount.toDecimalPlaces(SUM_PLACES, Decimal.ROUND_HALF_UP), currency);
}

/**
 * Rounds amounts so that they add up to their rounded sum: each is what it adds to the running sum, rounded towards
 * zero.
 */
export function roundRunning(amounts: Decimal[], currency: Currency): Money[] {
  let running = new Exact(0);
  return amounts.map((amount) => {
    const before = roundSumDown(running, currency);
    running = running.plus(amount);
    return roundSumDown(running, currency).minus(before);
  });
}
