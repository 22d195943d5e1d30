import { addDays, addMonths, type Day } from '../../platform/clock.ts';

/**
 * The last paid day: the anchor day plus the paid months, less a day (rule O6). Counted from the anchor each time, so
 * that 31 January, monthly, gives 27 February, 30 March, 29 April. The table `orders` checks the same.
 */
export function paidUntil(anchor: Day, paidMonths: number): Day {
  return addDays(addMonths(anchor, paidMonths), -1);
}

/** SQL: `paidUntil`, of `orders as o`. @param paidMonths an expression */
export const paidUntilAfter = (paidMonths: string) =>
  `((o.anchor_on + make_interval(months => ${paidMonths}))::date - 1)`;

export interface Period {
  from: Day;
  to: Day;
}

/** The period that `months` more add: from the day after the last paid one, however early it is bought (rule O7). */
export function nextPeriod(anchor: Day, paidMonths: number, months: number): Period {
  return { from: addMonths(anchor, paidMonths), to: paidUntil(anchor, paidMonths + months) };
}
