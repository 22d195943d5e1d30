import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, addMonths, daysBetween, isDay } from '../../../src/platform/clock.ts';
import { shownOrderStatus } from '../../../src/domain/orders/order.ts';
import { nextPeriod, paidUntil } from '../../../src/domain/orders/period.ts';

const anchor = fc
  .date({ min: new Date('2000-01-01'), max: new Date('2040-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));

describe('the paid period', () => {
  it('keeps the anchor day, not the shortened one (O6)', () => {
    expect([1, 2, 3].map((months) => paidUntil('2026-01-31', months))).toEqual([
      '2026-02-27',
      '2026-03-30',
      '2026-04-29',
    ]);
    expect(paidUntil('2028-01-31', 1)).toBe('2028-02-28');
    expect(paidUntil('2028-02-29', 12)).toBe('2029-02-27');
    expect(paidUntil('2028-02-29', 48)).toBe('2032-02-28');
  });

  it('each renewal begins the day after the last paid one, without a gap or an overlap, for 40 years (O7)', () => {
    fc.assert(
      fc.property(anchor, fc.array(fc.constantFrom(1, 2, 3, 6, 12, 24), { maxLength: 40 }), (start, renewals) => {
        let paid = 1;
        for (const months of renewals) {
          const period = nextPeriod(start, paid, months);
          expect(period.from).toBe(addDays(paidUntil(start, paid), 1));
          paid += months;
          expect(period.to).toBe(paidUntil(start, paid));
        }
      }),
    );
  });

  it('buying in parts and at once ends on the same day (O6)', () => {
    fc.assert(
      fc.property(anchor, fc.integer({ min: 1, max: 480 }), (start, months) => {
        expect(paidUntil(start, months)).toBe(addDays(addMonths(start, months), -1));
      }),
    );
  });

  it('counts days by the calendar, whatever the clocks do', () => {
    expect(daysBetween('2026-03-28', '2026-03-30')).toBe(2);
    expect(daysBetween('2026-10-24', '2026-10-26')).toBe(2);
    expect(daysBetween('2026-03-10', '2026-03-08')).toBe(-2);
    expect(['2026-02-29', '2026-13-01', 'x', '2026-2-1'].map(isDay)).toEqual([false, false, false, false]);
  });
});

describe('the status that is shown', () => {
  it('overdue is an active order whose paid-until date has passed (O5)', () => {
    const order = {
      status: 'active',
      suspendedFor: null,
      paidUntil: '2026-03-10',
      endsAtPeriod: false,
    } as const;
    expect(shownOrderStatus(order, '2026-03-10')).toBe('active');
    expect(shownOrderStatus(order, '2026-03-11')).toBe('overdue');
  });
});
