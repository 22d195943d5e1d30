import { Decimal } from 'decimal.js';
import type { Currency } from '../money/currency.ts';
import { Exact, Money } from '../money/money.ts';

/** How a price that was converted is made one that reads like a price. */
export const ROUNDING_RULES = ['exact', 'whole', 'ninety', 'ninety_nine', 'five'] as const;
export type RoundingRule = (typeof ROUNDING_RULES)[number];

/** From here on a price is rounded as if it were a hundredth of it: 2,462.60 to 2,490. */
const LARGE = 1000;

/**
 * The price nearest to an amount that ends as the rule has it: in .00, .90 or .99, or in a multiple of five; large ones in
 * 00, 90 or 99, or in a multiple of fifty. Never below the smallest unit.
 */
export function proposePrice(exact: Exact, rule: RoundingRule, minor: Currency): Money {
  const unit = new Exact(10).pow(-minor.minorDigits);
  const rounded = roundTo(exact, rule).toDecimalPlaces(minor.minorDigits, Decimal.ROUND_HALF_UP);
  const price = rounded.greaterThan(0) ? rounded : exact.toDecimalPlaces(minor.minorDigits, Decimal.ROUND_UP);
  return Money.of(Decimal.max(price, unit).toFixed(minor.minorDigits), minor.code);
}

function roundTo(exact: Exact, rule: RoundingRule): Exact {
  const large = exact.greaterThanOrEqualTo(LARGE);
  switch (rule) {
    case 'exact':
      return exact;
    case 'whole':
      return endingIn(exact, '0', large ? 100 : 1);
    case 'ninety':
      return endingIn(exact, '0.9', large ? 100 : 1);
    case 'ninety_nine':
      return endingIn(exact, '0.99', large ? 100 : 1);
    case 'five':
      return endingIn(exact, '0', large ? 50 : 5);
  }
}

/** The nearest multiple of `step` with that part of a step on top. */
function endingIn(exact: Exact, part: string, step: number): Exact {
  const steps = exact.dividedBy(step).minus(part).toDecimalPlaces(0, Decimal.ROUND_HALF_UP);
  return steps.plus(part).times(step);
}
