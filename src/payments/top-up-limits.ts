import type { Config } from '../config.ts';
import { TopUpOutOfLimits } from '../errors.ts';
import { Exact, type Money } from '../money/money.ts';
import { roundDown, roundUp } from '../money/rounding.ts';
import type { RateTable } from '../rates/rate-table.ts';

export interface TopUpLimits {
  min: Money;
  max: Money;
}

/** The limits of rule T3, set in the base currency, in another one: rounded so that both can be paid. */
export function limitsIn(
  table: RateTable,
  code: string,
  { topUpMin, topUpMax }: Pick<Config, 'topUpMin' | 'topUpMax'>,
): TopUpLimits {
  const currency = table.currencies.get(code);
  const inCurrency = (base: string) => new Exact(base).times(table.rateOf(code));
  return { min: roundUp(inCurrency(topUpMin), currency), max: roundDown(inCurrency(topUpMax), currency) };
}

/** @throws {TopUpOutOfLimits} @throws {RateMissing} */
export function assertWithinLimits(
  table: RateTable,
  pay: Money,
  config: Pick<Config, 'topUpMin' | 'topUpMax'>,
) {
  const { min, max } = limitsIn(table, pay.currency, config);
  if (pay.isLessThan(min) || max.isLessThan(pay)) throw new TopUpOutOfLimits({ min, max });
}

/** What to top up so that a shortfall is covered: the difference, but within the limits of one top-up. */
export function topUpFor(
  table: RateTable,
  shortfall: Money,
  config: Pick<Config, 'topUpMin' | 'topUpMax'>,
): Money {
  if (!table.has(shortfall.currency)) return shortfall;
  const { min, max } = limitsIn(table, shortfall.currency, config);
  if (shortfall.isLessThan(min)) return min;
  return max.isLessThan(shortfall) ? max : shortfall;
}
