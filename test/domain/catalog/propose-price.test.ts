import { describe, expect, it } from 'vitest';
import { proposePrice, type RoundingRule } from '../../../src/domain/catalog/propose-price.ts';
import { Exact } from '../../../src/domain/money/money.ts';
import { currencyOf } from '../../support/currency.ts';

const propose = (exact: string, rule: RoundingRule, digits = 2) =>
  proposePrice(new Exact(exact), rule, currencyOf('EUR', digits)).toDatabase();

describe('a price that is proposed by rate (b20)', () => {
  it.each([
    ['28.08', 'ninety', '27.9'],
    ['79.93', 'ninety', '79.9'],
    ['2462.59', 'ninety', '2490'],
    ['7008.91', 'ninety', '6990'],
    ['28.08', 'ninety_nine', '27.99'],
    ['2462.59', 'ninety_nine', '2499'],
    ['28.6', 'whole', '29'],
    ['2462.59', 'whole', '2500'],
    ['28.08', 'five', '30'],
    ['2462.59', 'five', '2450'],
    ['28.084', 'exact', '28.08'],
  ] as const)('of %s ends as the rule %s has it: %s', (exact, rule, price) => {
    expect(propose(exact, rule)).toBe(price);
  });

  it('is never nothing, and never finer than its currency', () => {
    expect(propose('0.3', 'whole')).toBe('0.3');
    expect(propose('0.2', 'ninety', 0)).toBe('1');
    expect(propose('0.001', 'exact')).toBe('0.01');
  });
});
