import type { Day } from '../../platform/clock.ts';
import type { Money } from '../../domain/money/money.ts';
import type { ProratedPeriod, ProratedShare } from '../../domain/plan-changes/proration.ts';

/** A period that is paid for, with the terms of its sum as they are shown. */
export interface ShownPeriod {
  from: Day;
  to: Day;
  days: number;
  amount: Money;
  shares: { sign: '− ' | '+ ' | ''; amount: Money; ofDays: number; days: number }[];
}

/** What was paid for nothing is no term. */
export const shownPeriod = ({ from, to, days, amount, shares }: ProratedPeriod): ShownPeriod => ({
  from,
  to,
  days,
  amount,
  shares: shares.filter((share) => !share.amount.isZero).map(shownShare),
});

/** A term with its sign before it: taking away a credit adds. */
function shownShare({ sign, amount, ofDays, days }: ProratedShare, index: number): ShownPeriod['shares'][number] {
  const taken = sign < 0 !== amount.isNegative;
  return {
    sign: taken ? '− ' : index > 0 ? '+ ' : '',
    amount: amount.isNegative ? amount.negated() : amount,
    ofDays,
    days,
  };
}
