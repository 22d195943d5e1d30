import type { Decimal } from 'decimal.js';
import type { Day } from '../../platform/clock.ts';
import { memoized } from '../../platform/memoized.ts';
import { RatesTooOld } from '../errors.ts';
import { type CurrencyCode, Exact, keyOfMoney, Money } from '../money/money.ts';
import { BASE_CURRENCY } from '../money/currency.ts';
import { roundDown, roundHalfUp, roundUp } from '../money/rounding.ts';
import type { RateTable, StoredRate } from './rate-table.ts';

const ZERO = new Exact(0);

export interface Conversion {
  money: Money;
  /** The stored rates it used; none within one currency. */
  rates: StoredRate[];
  /** The older of their dates. */
  rateDate: Day | null;
}

/**
 * The equivalent of an amount in another currency: shown, never kept, rounded half up once at the end (rules C5, C6).
 * @throws {RateMissing} naming the currency
 */
export function convert(table: RateTable, money: Money, to: CurrencyCode): Conversion {
  const exact = money.currency === to ? money.amount : exactly(table, money, to);
  return {
    money: roundHalfUp(exact, table.currencies.get(to)),
    rates: table.used(money.currency, to),
    rateDate: table.dateOf(money.currency, to),
  };
}

export type Equivalent = ({ conversion: Conversion } | { conversion: null }) & { currency: CurrencyCode };

/** Amounts whose equivalents are kept, as long as the rates are the same: every page shows those of a balance. */
const EQUIVALENTS_KEPT = 2_000;
const kept = new WeakMap<RateTable, (money: Money) => readonly Equivalent[]>();

/** An amount in every enabled currency but its own; where a rate is missing the conversion is null, never a guess. */
export function equivalents(table: RateTable, money: Money): readonly Equivalent[] {
  let of = kept.get(table);
  if (!of) kept.set(table, (of = memoized(EQUIVALENTS_KEPT, (amount) => equivalentsOf(table, amount), keyOfMoney)));
  return of(money);
}

const equivalentsOf = (table: RateTable, money: Money): Equivalent[] =>
  table.currencies.enabled
    .filter(({ code }) => code !== money.currency)
    .map(({ code }) => ({
      currency: code,
      conversion: table.has(code) && table.has(money.currency) ? convert(table, money, code) : null,
    }));

/**
 * Amounts of several currencies as one in the base currency: converted exactly, rounded once, at the end; null as soon
 * as one rate is missing.
 */
export function sumInBase(table: RateTable, amounts: readonly Money[]): Money | null {
  if (amounts.some(({ currency }) => !table.has(currency))) return null;
  const exact = amounts.reduce((sum, { amount, currency }) => sum.plus(amount.dividedBy(table.rateOf(currency))), ZERO);
  return roundHalfUp(exact, table.currencies.get(BASE_CURRENCY));
}

/**
 * Units of `to` that are credited for one unit of `from`: the cross rate, less the markup of the paid currency.
 * @throws {RateMissing}
 */
export function creditRate(table: RateTable, from: CurrencyCode, to: CurrencyCode): Decimal {
  if (from === to) return new Exact(1);
  const markup = table.currencies.get(from).markup;
  return table.rateOf(to).dividedBy(table.rateOf(from).times(markup.plus(1)));
}

/** What paying `money` credits in `to`, rounded down so that no round trip and no splitting gains (rule C6). */
export function creditFor(table: RateTable, money: Money, to: CurrencyCode): Money {
  if (money.currency === to) return money;
  const markup = table.currencies.get(money.currency).markup;
  // The multiplication comes first and the division last, so that the result is exact wherever it can be.
  const credit = money.amount.times(table.rateOf(to)).dividedBy(table.rateOf(money.currency).times(markup.plus(1)));
  return roundDown(credit, table.currencies.get(to));
}

/** The least amount of `from` whose credit covers `wanted`. @throws {RateMissing} */
export function payToBeCredited(table: RateTable, wanted: Money, from: CurrencyCode): Money {
  if (wanted.currency === from) return wanted;
  const markup = table.currencies.get(from).markup;
  const exact = wanted.amount.times(table.rateOf(from)).times(markup.plus(1)).dividedBy(table.rateOf(wanted.currency));
  return roundUp(exact, table.currencies.get(from));
}

/** @throws {RatesTooOld} when a payment across these currencies has to wait for newer rates (rule C5). */
export function assertFreshEnough(table: RateTable, from: CurrencyCode, to: CurrencyCode, maxAgeDays: number) {
  if (table.ageInDays(from, to) > maxAgeDays) throw new RatesTooOld({ date: table.dateOf(from, to), days: maxAgeDays });
}

function exactly(table: RateTable, money: Money, to: CurrencyCode): Decimal {
  return money.amount.times(table.rateOf(to)).dividedBy(table.rateOf(money.currency));
}
