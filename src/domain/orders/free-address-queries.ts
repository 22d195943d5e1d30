import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { FREE_ADDRESS, restedSince } from './provisioning.ts';

/**
 * Of a plan's locations that have a pool of addresses, by their ids, whether a paid order gets one at once; in the others
 * staff assign it.
 */
export async function listPooledLocations(db: Db, clock: Clock, planId: number): Promise<Map<number, boolean>> {
  const { rows } = await db.raw<{ rows: { id: number; free: boolean }[] }>(
    `select s.location_id as id, exists (
       select
       from pool_addresses a
       where a.pool_id = s.address_pool_id
         and ${FREE_ADDRESS}
     ) as free
     from plan_locations s
     where s.plan_id = :planId
       and s.address_pool_id is not null`,
    { planId, restedSince: restedSince(clock) },
  );
  return new Map(rows.map(({ id, free }) => [id, free]));
}
