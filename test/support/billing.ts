import type { Day } from '../../src/platform/clock.ts';
import { type BillingSummary, runBilling } from '../../src/domain/billing/run-billing.ts';
import type { Portal } from './portal.ts';

export type Billing = ReturnType<typeof billingOf>;

/** The calendar of a portal. */
export function billingOf({ db, clock, config }: Portal) {
  /** Runs a day as the schedule does; the clock stays where it is. */
  const runCalendar = (day: Day = clock.today()): Promise<BillingSummary> =>
    runBilling(db, clock, config.seller, { day, startedBy: 'schedule' });

  /** In the night of a day, to which the clock is set. */
  async function runCalendarOn(day: Day): Promise<BillingSummary> {
    clock.set(`${day}T03:00:00Z`);
    return runCalendar(day);
  }

  return { runCalendar, runCalendarOn };
}
