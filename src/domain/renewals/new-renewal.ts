import type { Day } from '../../platform/clock.ts';

/** An order that is to be renewed. */
export interface Renewal {
  orderId: number;
  /** Its own period when left out. */
  months?: number;
  /** Until when it was paid when the renewal was asked for: what is sent twice renews once. */
  paidUntil?: Day;
}
