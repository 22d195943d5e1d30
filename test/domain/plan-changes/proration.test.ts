import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, type Day } from '../../../src/platform/clock.ts';
import { Exact, Money, sum } from '../../../src/domain/money/money.ts';
import { nextPeriod } from '../../../src/domain/orders/period.ts';
import { exactValueOfUnusedDays, type PaidPeriod } from '../../../src/domain/orders/unused-days.ts';
import { type PlanPeriod, proratePlanChange } from '../../../src/domain/plan-changes/proration.ts';
import { currencyOf } from '../../support/currency.ts';

const EUR = currencyOf('EUR', 2);
const euro = (cents: number) => Money.of(new Exact(cents).dividedBy(100), 'EUR');

/** Periods paid one after the other from a day, at what was paid and what the other plan costs. */
function periodsFrom(anchor: Day, paid: { months: number; cents: number; newCents: number }[]): PlanPeriod[] {
  let months = 0;
  return paid.map((period) => {
    const { from, to } = nextPeriod(anchor, months, period.months);
    months += period.months;
    return { from, to, amount: euro(period.cents), changes: [], newPrice: euro(period.newCents) };
  });
}

const period = fc.record({
  months: fc.constantFrom(1, 2, 3, 6, 12, 24),
  cents: fc.integer({ min: 100, max: 500_000 }),
  newCents: fc.integer({ min: 100, max: 500_000 }),
});
const day = fc.integer({ min: 0, max: 3000 }).map((days) => addDays('2026-01-28', days));
const situation = fc.record({
  anchor: day,
  paid: fc.array(period, { minLength: 1, maxLength: 5 }),
  into: fc.integer({ min: 0, max: 800 }),
});

/** The same periods after a change: what it added or took, and other prices to move to. */
function afterChange(periods: PlanPeriod[], parts: PaidPeriod[], newPrices: Money[]): PlanPeriod[] {
  return periods.map((before, index) => ({
    ...before,
    changes: [...before.changes, ...parts.filter(({ to }) => to === before.to)],
    newPrice: newPrices[index] as Money,
  }));
}

describe('the price of a plan change (O8)', () => {
  it('is the days left times the difference of the daily prices', () => {
    // 10 March to 9 April is 31 days; on 20 March 20 days are left.
    const [only] = periodsFrom('2026-03-10', [{ months: 1, cents: 950, newCents: 2100 }]);
    const { periods, days, amount } = proratePlanChange([only as PlanPeriod], '2026-03-20', EUR);
    expect(days).toBe(20);
    expect(periods[0]).toMatchObject({ from: '2026-03-21', to: '2026-04-09', days: 20 });
    // (21.00 − 9.50) ÷ 31 × 20 = 7.419…
    expect(amount.toString()).toBe('7.41 EUR');
    const back = proratePlanChange(
      [{ ...(only as PlanPeriod), amount: euro(2100), newPrice: euro(950) }],
      '2026-03-20',
      EUR,
    );
    expect(back.amount.toString()).toBe('-7.41 EUR');
  });

  it('is nothing on the last day', () => {
    const periods = periodsFrom('2026-03-10', [{ months: 1, cents: 950, newCents: 2100 }]);
    expect(proratePlanChange(periods, '2026-04-09', EUR)).toMatchObject({ days: 0, periods: [] });
    expect(proratePlanChange(periods, '2026-04-09', EUR).amount.isZero).toBe(true);
  });

  it('never credits more than what was paid for the days left', () => {
    fc.assert(
      fc.property(situation, ({ anchor, paid, into }) => {
        const periods = periodsFrom(anchor, paid);
        const today = addDays(anchor, into);
        const { amount } = proratePlanChange(periods, today, EUR);
        expect(amount.negated().amount.lte(exactValueOfUnusedDays(periods, today))).toBe(true);
      }),
    );
  });

  it('is the sum of what is shown for its periods', () => {
    fc.assert(
      fc.property(situation, ({ anchor, paid, into }) => {
        const { periods, amount, days } = proratePlanChange(periodsFrom(anchor, paid), addDays(anchor, into), EUR);
        expect(
          sum(
            periods.map((shown) => shown.amount),
            'EUR',
          ).equals(amount),
        ).toBe(true);
        expect(periods.reduce((total, shown) => total + shown.days, 0)).toBe(days);
      }),
    );
  });

  it('there and back on one day costs nothing, when what was paid is the price', () => {
    fc.assert(
      fc.property(situation, ({ anchor, paid, into }) => {
        const periods = periodsFrom(anchor, paid);
        const today = addDays(anchor, into);
        const there = proratePlanChange(periods, today, EUR);
        const back = proratePlanChange(
          afterChange(
            periods,
            there.periods,
            periods.map((before) => before.amount),
          ),
          today,
          EUR,
        );
        expect(there.amount.plus(back.amount).isZero).toBe(true);
      }),
    );
  });

  it('however often and whenever it is changed, no more is credited in all than was paid', () => {
    const steps = fc.array(
      fc.record({
        days: fc.integer({ min: 0, max: 60 }),
        prices: fc.array(fc.integer({ min: 1, max: 500_000 }), { minLength: 5, maxLength: 5 }),
      }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(situation, steps, ({ anchor, paid }, changes) => {
        let periods = periodsFrom(anchor, paid);
        let today = anchor;
        let balance = sum(
          periods.map(({ amount }) => amount),
          'EUR',
        );
        for (const { days, prices } of changes) {
          today = addDays(today, days);
          const priced = periods.map((before, index) => ({
            ...before,
            newPrice: euro(prices[index] ?? 100),
          }));
          const change = proratePlanChange(priced, today, EUR);
          balance = balance.plus(change.amount);
          periods = afterChange(
            priced,
            change.periods,
            priced.map(({ newPrice }) => newPrice),
          );
          expect(balance.isNegative).toBe(false);
        }
      }),
    );
  });
});
