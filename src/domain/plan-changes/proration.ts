import { addDays, type Day, daysBetween } from '../../platform/clock.ts';
import type { Currency } from '../money/currency.ts';
import { type Money, sum } from '../money/money.ts';
import { roundRunning } from '../money/rounding.ts';
import { exactValueOfUnusedDays, type PaidPeriod, unusedDays } from '../orders/unused-days.ts';

/** A period that is paid for on the present plan. */
export interface PlanPeriod extends PaidPeriod {
  /** What earlier plan changes charged or credited for it. */
  changes: PaidPeriod[];
  /** What the new plan costs for as many months. */
  newPrice: Money;
}

export interface ProratedShare {
  /** The new plan's price is added; what was paid, and what earlier changes added, is taken off. */
  sign: 1 | -1;
  amount: Money;
  ofDays: number;
  days: number;
}

export interface ProratedPeriod {
  /** The days left of the period: from tomorrow, or its own beginning, to its end. */
  from: Day;
  to: Day;
  days: number;
  /** What the difference is made of: each amount ÷ the days it is for × those of them that are left. */
  shares: ProratedShare[];
  /** Its share of the whole amount, in minor units: the shares sum to it. */
  amount: Money;
}

export interface Proration {
  periods: ProratedPeriod[];
  days: number;
  /** Above zero: to pay. Below: credited. */
  amount: Money;
}

/**
 * What moving to another plan costs for the days that are paid already (rule O8). For each paid period with days after
 * `today` (today counts as used):
 *
 *     difference = days left × (new price ÷ days of the period − what was paid for those days ÷ days left)
 *
 * where what was paid includes earlier plan changes. The differences are summed exactly and the sum is rounded towards
 * zero, once, to the minor unit; each period's amount is the step of the rounded running sum, so that they add up to
 * it. A credit is therefore never more than what was paid for those days, and changing there and back on one day costs
 * nothing.
 */
export function proratePlanChange(periods: PlanPeriod[], today: Day, currency: Currency): Proration {
  const left = periods
    .filter(({ to }) => to > today)
    .map(({ from, to, amount, changes, newPrice }) => {
      const first = from > today ? from : addDays(today, 1);
      const days = daysBetween(first, to) + 1;
      const paid = [{ from, to, amount }, ...changes];
      const worth = exactValueOfUnusedDays([{ from, to, amount: newPrice }], today);
      const difference = worth.minus(exactValueOfUnusedDays(paid, today));
      const shares = [
        shareOf(1, { from, to, amount: newPrice }, today),
        ...paid.map((part) => shareOf(-1, part, today)),
      ];
      return { from: first, to, days, shares, difference };
    });
  const amounts = roundRunning(
    left.map(({ difference }) => difference),
    currency,
  );
  return {
    periods: left.map(({ from, to, days, shares }, index) => ({
      from,
      to,
      days,
      shares,
      amount: amounts[index] as Money,
    })),
    days: left.reduce((total, { days }) => total + days, 0),
    amount: sum(amounts, currency.code),
  };
}

function shareOf(sign: 1 | -1, { from, to, amount }: PaidPeriod, today: Day): ProratedShare {
  return { sign, amount, ofDays: daysBetween(from, to) + 1, days: unusedDays({ from, to }, today) };
}
