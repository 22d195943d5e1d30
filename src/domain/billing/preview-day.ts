import type { Clock, Day } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import type { Seller } from '../invoices/invoice.ts';
import { daysUpTo } from './run-billing.ts';
import { listCandidates } from './run-day.ts';
import { addActions, type SimulatedAction, type SimulatedItem, simulateCustomer } from './simulate-billing.ts';

export interface Preview {
  /** All that are run by then, the missed ones too. */
  days: Day[];
  /** Of how many customers something is due. */
  customers: number;
  /** For how many of them it was played. */
  played: number;
  /** Of all the days together. */
  actions: Omit<SimulatedAction, 'day'>[];
  /** In the order of the days. */
  items: SimulatedItem[];
  failures: { customerId: number; step: string; message: string }[];
}

/** More customers are played by the command line, which shows how far it is. */
export const MOST_PLAYED = 200;

/**
 * What the billing calendar would do up to a day if nobody did anything, order by order; nothing of it is kept. Only
 * customers of whom something is due are played, the first {@link MOST_PLAYED} of them.
 */
export async function previewDay(db: Db, clock: Clock, seller: Seller, day: Day): Promise<Preview> {
  const days = await daysUpTo(db, day, clock.today());
  const due = await listCandidates(db, days);
  const actions: SimulatedAction[] = [];
  const items: SimulatedItem[] = [];
  const failures: Preview['failures'] = [];
  for (const customerId of due.slice(0, MOST_PLAYED)) {
    const simulated = await simulateCustomer(db, clock, seller, { customerId, days });
    // Summed as if they were of one day.
    addActions(
      actions,
      simulated.actions.map((action) => ({ ...action, day })),
    );
    items.push(...simulated.items);
    failures.push(...simulated.failures.map((failure) => ({ ...failure, customerId })));
  }
  return {
    days,
    customers: due.length,
    played: Math.min(due.length, MOST_PLAYED),
    actions,
    items: items.toSorted((a, b) => a.day.localeCompare(b.day)),
    failures,
  };
}
