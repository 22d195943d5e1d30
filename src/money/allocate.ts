import { Decimal } from 'decimal.js';
import type { Currency } from './currency.ts';
import { Exact, Money } from './money.ts';

/**
 * Splits an amount by weights so that the parts sum to the whole: each part is rounded down, and the minor units left
 * over go to the largest remainders (Hamilton's method), the first of equals first.
 * @param weights non-negative integers, not all zero.
 */
export function allocate(whole: Money, weights: number[], currency: Currency): Money[] {
  const totalWeight = weights.reduce((total, weight) => total + weight, 0);
  if (totalWeight <= 0 || weights.some((weight) => weight < 0 || !Number.isInteger(weight)))
    throw new RangeError('Weights are non-negative integers, not all zero');
  const unit = new Exact(10).pow(-currency.minorDigits);
  const shares = weights.map((weight, index) => {
    const exact = whole.amount.times(weight).dividedBy(totalWeight);
    const part = exact.toDecimalPlaces(currency.minorDigits, Decimal.ROUND_DOWN);
    return { index, part, remainder: exact.minus(part).abs() };
  });
  const distributed = shares.reduce((total, share) => total.plus(share.part), new Exact(0));
  const left = whole.amount.minus(distributed);
  const step = left.isNegative() ? unit.negated() : unit;
  const byRemainder = [...shares].sort((a, b) => b.remainder.comparedTo(a.remainder) || a.index - b.index);
  const unitsLeft = left.dividedBy(step).toNumber();
  for (const share of byRemainder.slice(0, unitsLeft)) share.part = share.part.plus(step);
  return shares.map((share) => Money.of(share.part, whole.currency));
}
