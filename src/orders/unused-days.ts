import { Exact } from '../money/money.ts';
import { daysBetween, type Day } from '../clock.ts';
import type { Currency } from '../money/currency.ts';
import type { Money } from '../money/money.ts';
import { roundDown } from '../money/rounding.ts';

export interface PaidPeriod {
  from: Day;
  /** Inclusive. */
  to: Day;
  amount: Money;
}

/**
 * What the days after today are worth: for each paid period its amount × (days after today in it) ÷ (days of it), summed
 * exactly and rounded down once, so that it is never more than what was paid. Today counts as used.
 */
export function valueOfUnusedDays(periods: PaidPeriod[], today: Day, currency: Currency): Money {
  const exact = periods.reduce((total, { from, to, amount }) => {
    const days = daysBetween(from, to) + 1;
    const unused = Math.min(days, Math.max(0, daysBetween(today, to)));
    return total.plus(amount.amount.times(unused).dividedBy(days));
  }, new Exact(0));
  return roundDown(exact, currency);
}
