import { expect } from 'vitest';
import type { Transaction } from '../../src/platform/db/database.ts';
import type { World } from './world.ts';

/**
 * Makes a change in a transaction that stays open until some work has begun and waits for it, or is done because
 * nothing made it wait: two commands at the same moment, in the same order each time. @returns the work's outcome
 */
export async function meanwhile<T>(
  world: World,
  change: (trx: Transaction) => Promise<unknown>,
  work: () => Promise<T>,
): Promise<PromiseSettledResult<T>> {
  const trx = await world.db.transaction();
  try {
    await change(trx);
    let settled = false;
    const running = Promise.allSettled([work()]).then(([result]) => {
      settled = true;
      return result;
    });
    await expect.poll(async () => settled || (await somebodyWaits(world))).toBe(true);
    await trx.commit();
    return await running;
  } finally {
    if (!trx.isCompleted()) await trx.rollback();
  }
}

/** Whether a connection of the application waits for a lock of another. */
export async function somebodyWaits(world: World): Promise<boolean> {
  const { rows } = await world.owner.raw<{ rows: { waits: boolean }[] }>(
    `select exists (select from pg_stat_activity where datname = current_database()
      and wait_event_type = 'Lock') as waits`,
  );
  return rows[0]?.waits ?? false;
}
