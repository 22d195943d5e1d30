import type { Db } from './database.ts';

/** Advisory locks of the whole application; any numbers will do, as long as every process takes the same ones. */
export const ADVISORY_LOCKS = {
  /** Migrations of processes that start at once. */
  migrations: 7_482_001,
  /** Imports of rates, so that two of the same file at once store it once. */
  rates: 7_482_002,
  /** The first start's seed. */
  seed: 7_482_003,
  /** The role and the database of the embedded server. */
  embeddedSetup: 7_482_004,
  /** Addresses assigned by hand, so that two cannot take one. */
  addresses: 7_482_005,
  /** The billing calendar: one run at a time. */
  billing: 7_482_006,
} as const;

/**
 * Does work while this process holds a lock that it waits for; a process that dies loses it. Taken on a connection of
 * its own, which the pool must be able to spare.
 */
export async function withAdvisoryLock<T>(
  db: Db,
  lock: (typeof ADVISORY_LOCKS)[keyof typeof ADVISORY_LOCKS],
  work: () => Promise<T>,
): Promise<T> {
  const holder = (await db.client.acquireConnection()) as {
    query(sql: string, values?: unknown[]): Promise<unknown>;
  };
  try {
    await holder.query('select pg_advisory_lock($1)', [lock]);
    return await work();
  } finally {
    await holder.query('select pg_advisory_unlock_all()').catch(() => {});
    await db.client.releaseConnection(holder);
  }
}
