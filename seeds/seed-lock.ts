import type { Transaction } from '../src/db/database.ts';

/** Any constant will do, as long as every process takes the same one. */
const ADVISORY_LOCK = 7_482_003;

/** Waits for a process that seeds at the same moment. @returns whether it left anything to do */
export async function mayFirstSeed(trx: Transaction): Promise<boolean> {
  await trx.raw('select pg_advisory_xact_lock(?)', [ADVISORY_LOCK]);
  return (await trx('users').first('id')) === undefined;
}
