import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { FREE_ADDRESS, restedSince } from './provisioning.ts';

/** The ids of a plan's locations in which a paid order gets an address at once. */
export async function listFreeLocations(db: Db, clock: Clock, planId: number): Promise<Set<number>> {
  const { rows } = await db.raw<{ rows: { id: number }[] }>(
    `select s.location_id as id
     from plan_locations s
     where s.plan_id = :planId
       and exists (
         select
         from pool_addresses a
         where a.pool_id = s.address_pool_id
           and ${FREE_ADDRESS}
       )`,
    { planId, restedSince: restedSince(clock) },
  );
  return new Set(rows.map(({ id }) => id));
}
