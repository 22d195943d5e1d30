import { type Day, daysBetween } from '../../platform/clock.ts';
import type { Currency } from '../money/currency.ts';
import { Exact, type Money } from '../money/money.ts';
import { roundSumDown } from '../money/rounding.ts';

export interface PaidPeriod {
  from: Day;
  /** Inclusive. */
  to: Day;
  /** What was paid for it; below zero for what was credited. */
  amount: Money;
}

/** How many of a period's days come after today. */
export function unusedDays({ from, to }: Pick<PaidPeriod, 'from' | 'to'>, today: Day): number {
  return Math.min(daysBetween(from, to) + 1, Math.max(0, daysBetween(today, to)));
}

/**
 * For each paid period its amount × (days after today in it) ÷ (days of it), summed; today counts as used. Not rounded.
 */
export function exactValueOfUnusedDays(periods: PaidPeriod[], today: Day): Exact {
  return periods.reduce((total, { from, to, amount }) => {
    const days = daysBetween(from, to) + 1;
    return total.plus(amount.amount.times(unusedDays({ from, to }, today)).dividedBy(days));
  }, new Exact(0));
}

/** What the days after today are worth, rounded down once, so that it is never more than what was paid. */
export function valueOfUnusedDays(periods: PaidPeriod[], today: Day, currency: Currency): Money {
  return roundSumDown(exactValueOfUnusedDays(periods, today), currency);
}
