import type { Config } from '../../platform/config.ts';
import { TopUpOutOfLimits } from '../errors.ts';
import { type CurrencyCode, Exact, Money } from '../money/money.ts';
import { leastAmount, roundDown, roundUp } from '../money/rounding.ts';
import type { RateTable } from '../rates/rate-table.ts';

type Limits = Pick<Config, 'topUpMin' | 'topUpMax'>;

export interface TopUpLimits {
  min: Money;
  /** Null: only what the books can hold. */
  max: Money | null;
}

/**
 * The limits of rule T3, set in the base currency, in another one: rounded so that both can be paid. The account's own
 * currency works without a rate (rule C5), and then has no limits but its minor unit.
 * @throws {RateMissing} for any other currency without a rate
 */
export function limitsIn(
  table: RateTable,
  code: CurrencyCode,
  account: CurrencyCode,
  { topUpMin, topUpMax }: Limits,
): TopUpLimits {
  const currency = table.currencies.get(code);
  if (code === account && !table.has(code)) return { min: leastAmount(currency), max: null };
  const inCurrency = (base: string) => new Exact(base).times(table.rateOf(code));
  return { min: roundUp(inCurrency(topUpMin), currency), max: roundDown(inCurrency(topUpMax), currency) };
}

/** @throws {TopUpOutOfLimits} @throws {RateMissing} */
export function assertWithinLimits(table: RateTable, pay: Money, account: CurrencyCode, limits: Limits) {
  const { min, max } = limitsIn(table, pay.currency, account, limits);
  if (pay.isLessThan(min) || max?.isLessThan(pay)) throw new TopUpOutOfLimits({ min, max });
}

export interface ShortfallTopUp {
  amount: Money;
  /** How many such top-ups the shortfall takes; with one, what is missing is paid automatically. */
  times: number;
}

/**
 * What to top up so that a shortfall in the account currency is covered: the difference, within the limits of one
 * top-up.
 */
export function topUpFor(table: RateTable, shortfall: Money, limits: Limits): ShortfallTopUp {
  const { min, max } = limitsIn(table, shortfall.currency, shortfall.currency, limits);
  if (shortfall.isLessThan(min)) return { amount: min, times: 1 };
  if (!max?.isLessThan(shortfall)) return { amount: shortfall, times: 1 };
  return { amount: max, times: shortfall.amount.dividedBy(max.amount).ceil().toNumber() };
}
