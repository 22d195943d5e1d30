import { addDays, type Clock, type Day } from '../../platform/clock.ts';
import { ADVISORY_LOCKS, withAdvisoryLock } from '../../platform/db/advisory-locks.ts';
import type { Db } from '../../platform/db/database.ts';
import { insertRow } from '../../platform/db/insert-rows.ts';
import { DayStillToCome } from '../errors.ts';
import type { Seller } from '../invoices/invoice.ts';
import { runDay } from './run-day.ts';

interface BillingProgress {
  day: Day;
  /** Which of the days it is, from 1, and how many there are. */
  nth: number;
  days: number;
  step: string;
  done: number;
  total: number;
}

export interface BillingRequest {
  day: Day;
  startedBy: 'schedule' | 'staff' | 'command_line';
  userId?: number | null;
  onProgress?: (progress: BillingProgress) => void;
}

export interface BillingSummary {
  runId: number;
  days: Day[];
  /** How often each action was taken. */
  counts: Record<string, number>;
  failures: number;
}

/**
 * Runs the billing calendar up to a day. Missed days since the last run are caught up, one after the other, so that a
 * pause ends in the same state (rule B6). One run at a time: another waits, and then runs the day once more, which
 * changes nothing. A future day is only ever simulated: run for real, it would suspend and cancel what customers still
 * have time to pay.
 * @throws {DayStillToCome}
 */
export async function runBilling(
  db: Db,
  clock: Clock,
  seller: Seller,
  request: BillingRequest,
): Promise<BillingSummary> {
  return withAdvisoryLock(db, ADVISORY_LOCKS.billing, () => runLocked(db, clock, seller, request));
}

async function runLocked(
  db: Db,
  clock: Clock,
  seller: Seller,
  { day: last, startedBy, userId = null, onProgress }: BillingRequest,
): Promise<BillingSummary> {
  if (last > clock.today()) throw new DayStillToCome({ day: last });
  // With the lock held no other run exists: a row that still says so is of a process that died.
  await db('billing_runs').where({ state: 'running' }).update({ state: 'interrupted', finished_at: clock.now() });
  const days = await daysUpTo(db, last);
  const runId = await insertRow(db, 'billing_runs', {
    day: last,
    started_by: startedBy,
    user_id: userId,
    started_at: clock.now(),
    at_day: days[0],
  });
  for (const [index, day] of days.entries()) {
    await runDay({
      db,
      clock,
      seller,
      runId,
      day,
      async onProgress(progress) {
        await db('billing_runs')
          .where({ id: runId })
          .update({ at_day: day, ...progress });
        onProgress?.({ day, nth: index + 1, days: days.length, ...progress });
      },
    });
  }
  await db('billing_runs').where({ id: runId }).update({ state: 'done', finished_at: clock.now(), at_day: last });
  return { runId, days, ...(await summarise(db, runId)) };
}

/** Missed days that are caught up at most: after a longer pause an operator has to look first. */
const MOST_DAYS = 400;

/**
 * From the day after the last one that was run, if that is earlier.
 * @param untilNow counts as the last one that was run where none was
 */
export async function daysUpTo(db: Db, last: Day, untilNow: Day | null = null): Promise<Day[]> {
  const row = await db('billing_runs').where({ state: 'done' }).max<{ max: Day | null }[]>('day').first();
  const earliest = addDays(last, -MOST_DAYS);
  const latest = row?.max ?? untilNow;
  const done = latest !== null && latest < earliest ? earliest : latest;
  const days: Day[] = [];
  for (let day = done === null || done >= last ? last : addDays(done, 1); day <= last; day = addDays(day, 1))
    days.push(day);
  return days;
}

async function summarise(db: Db, runId: number): Promise<Pick<BillingSummary, 'counts' | 'failures'>> {
  const rows = await db('billing_run_items')
    .where({ run_id: runId })
    .groupBy('action')
    .select<{ action: string; count: number }[]>('action', db.raw('count(*) as count'));
  const failed = await db('billing_failures')
    .where({ run_id: runId })
    .first<{ count: number }>(db.raw('count(*) as count'));
  return {
    counts: Object.fromEntries(rows.map(({ action, count }) => [action, count])),
    failures: failed.count,
  };
}
