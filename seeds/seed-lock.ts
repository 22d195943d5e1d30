import { ADVISORY_LOCKS } from '../src/platform/db/advisory-locks.ts';
import type { Transaction } from '../src/platform/db/database.ts';

/** Waits for a process that seeds at the same moment. @returns whether it left anything to do */
export async function lockEmptyDatabase(trx: Transaction): Promise<boolean> {
  await trx.raw('select pg_advisory_xact_lock(?)', [ADVISORY_LOCKS.seed]);
  return (await trx('users').first('id')) === undefined;
}
