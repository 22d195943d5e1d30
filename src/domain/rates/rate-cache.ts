import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import type { Cached, NotifiedCaches } from '../../platform/db/notified-caches.ts';
import { loadRateTable } from './rate-queries.ts';
import type { RateTable } from './rate-table.ts';

export type RateCache = Cached<RateTable>;

/** The rates of today, kept in the process for the pages. */
export const keepRates = (caches: NotifiedCaches, db: Db, clock: Clock): RateCache =>
  caches.add(
    'rates_changed',
    () => loadRateTable(db, clock.today()),
    ({ today }) => today === clock.today(),
  );
