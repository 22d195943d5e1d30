import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { NotFound } from '../errors.ts';
import type { Seller } from '../invoices/invoice.ts';
import { runDay } from './run-day.ts';

/**
 * Does for the customer of a failure what is due today; what it does belongs to the same run. Its own day is not played
 * again: a suspension, say, would count from then. Safe beside the nightly run, and to repeat.
 * @returns why it failed again; null: it went well
 * @throws {NotFound}
 */
export async function retryFailure(
  db: Db,
  clock: Clock,
  seller: Seller,
  { failureId, by }: { failureId: number; by: number },
): Promise<string | null> {
  const failure = await db('billing_failures')
    .where({ id: failureId })
    .first<{ run_id: number; customer_id: number; step: string; subject_id: number } | undefined>();
  if (!failure) throw new NotFound();
  const { run_id: runId, customer_id: customerId, step, subject_id } = failure;
  const last = await db('billing_failures').where({ run_id: runId }).max<{ max: number }>('id as max').first();
  await runDay({ db, clock, seller, runId, day: clock.today(), customerId });
  const again = await db('billing_failures')
    .where({ run_id: runId, customer_id: customerId, step, subject_id })
    .where('id', '>', last?.max ?? 0)
    .first<{ message: string } | undefined>('message');
  await db('billing_retries').insert({
    failure_id: failureId,
    user_id: by,
    at: clock.now(),
    message: again?.message ?? null,
  });
  return again?.message ?? null;
}
