import pLimit from 'p-limit';
import { type Clock, type Day, morningOf } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { insertRows } from '../../platform/db/insert-rows.ts';
import { outageOf } from '../../platform/db/outage.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import type { Seller } from '../invoices/invoice.ts';
import {
  cancelSuspended,
  cancelUnpaidNewOrders,
  dropUnpaidUpgrades,
  endCancelledPeriods,
  lapseTopUps,
} from './steps/close.ts';
import { applyPrices, tellOfPrices } from './steps/change-prices.ts';
import { issueRenewals } from './steps/issue-renewals.ts';
import { payRenewals } from './steps/pay-renewals.ts';
import { reminders } from './steps/remind.ts';
import type { BillingStep, Candidate, StepContext } from './steps/step.ts';
import { suspendUnpaid } from './steps/suspend.ts';

/**
 * What the calendar does on a day, in this order: what has lapsed is cancelled first, what is renewed has the price
 * of the day, and what can be paid is paid before anything is suspended.
 */
const STEPS: BillingStep[] = [
  cancelUnpaidNewOrders,
  dropUnpaidUpgrades,
  lapseTopUps,
  endCancelledPeriods,
  tellOfPrices,
  applyPrices,
  issueRenewals,
  payRenewals,
  ...reminders,
  suspendUnpaid,
  cancelSuspended,
];

/** Today is the calendar's day. The time is the real one, or the morning of a simulated future day. */
function clockOfDay(clock: Clock, day: Day): Clock {
  const { timeZone } = clock;
  const ahead = day > clock.today();
  return { timeZone, now: () => (ahead ? morningOf(day, timeZone) : clock.now()), today: () => day };
}

/** The customers of whom something is due on some days, as the books are now. */
export async function listCandidates(db: Db, days: Day[]): Promise<number[]> {
  const found = new Set<number>();
  for (const day of days)
    for (const step of STEPS) for (const { customerId } of await step.find(db, day, null)) found.add(customerId);
  return [...found].toSorted((a, b) => a - b);
}

export interface RunDayOptions {
  db: Db;
  clock: Clock;
  seller: Seller;
  runId: number;
  day: Day;
  /** Only this customer's orders and invoices. */
  customerId?: number;
  onProgress?: (progress: { step: string; done: number; total: number }) => Promise<void> | void;
}

/**
 * Runs one day of the billing calendar (rules B1–B5) as if it were today; safe to repeat, and beside another (rule B6).
 * Each step works on some orders at a time, each time in one transaction; those whose data is broken are found by
 * halving, reported, and do not stop the others.
 */
export async function runDay(options: RunDayOptions): Promise<void> {
  const { db, clock, seller, runId, day, customerId = null, onProgress } = options;
  const context: StepContext = { clock: clockOfDay(clock, day), seller, day };
  for (const step of STEPS) {
    const found = await step.find(db, day, customerId);
    let done = 0;
    await pLimit(step.parallel).map(inBatches(found, step.batch), async (part) => {
      await actOrSplit(db, runId, step, context, part);
      done += part.length;
      await onProgress?.({ step: step.action, done, total: found.length });
    });
  }
}

/** A batch is at most this many times its size, for a customer with very many rows. */
const LARGEST_BATCH_FACTOR = 4;

/** Batches of about `size`; a customer's rows stay together, so that two batches do not wait for one balance. */
function inBatches(candidates: Candidate[], size: number): Candidate[][] {
  const batches: Candidate[][] = [];
  let batch: Candidate[] = [];
  for (const candidate of candidates) {
    const full = batch.length >= size && candidate.customerId !== batch.at(-1)?.customerId;
    if (full || batch.length >= size * LARGEST_BATCH_FACTOR) {
      batches.push(batch);
      batch = [];
    }
    batch.push(candidate);
  }
  return batch.length > 0 ? [...batches, batch] : batches;
}

async function actOrSplit(
  db: Db,
  runId: number,
  step: BillingStep,
  context: StepContext,
  candidates: Candidate[],
): Promise<void> {
  try {
    await inTransaction(db, async (trx) => {
      const items = await step.act(
        trx,
        context,
        candidates.map(({ id }) => id),
      );
      await insertRows(
        trx,
        'billing_run_items',
        {
          run_id: 'bigint',
          day: 'date',
          action: 'text',
          customer_id: 'bigint',
          order_id: 'bigint',
          invoice_id: 'bigint',
        },
        items.map(({ action, customerId, orderId, invoiceId }) => ({
          run_id: runId,
          day: context.day,
          action,
          customer_id: customerId,
          order_id: orderId,
          invoice_id: invoiceId,
        })),
      );
    });
  } catch (error) {
    // The database went away: no data is broken, and the run has to be repeated.
    if (outageOf(error)) throw error;
    const [only] = candidates;
    if (candidates.length === 1 && only) return reportFailure(db, runId, step, context, only, error);
    const half = Math.ceil(candidates.length / 2);
    await actOrSplit(db, runId, step, context, candidates.slice(0, half));
    await actOrSplit(db, runId, step, context, candidates.slice(half));
  }
}

async function reportFailure(
  db: Db,
  runId: number,
  step: BillingStep,
  { clock, day }: StepContext,
  { id, customerId }: Candidate,
  error: unknown,
) {
  await db('billing_failures').insert({
    run_id: runId,
    day,
    step: step.action,
    customer_id: customerId,
    subject_id: id,
    message: error instanceof Error ? error.message : String(error),
    at: clock.now(),
  });
}
