import type { Clock, Day } from '../../platform/clock.ts';
import type { Config } from '../../platform/config.ts';
import type { Db } from '../../platform/db/database.ts';
import type { Cached, NotifiedCaches } from '../../platform/db/notified-caches.ts';
import { loadSiteConfig } from './settings-queries.ts';

/** The configuration as the environment and staff have set it. */
export type SiteConfig = Cached<Config>;

/** Keeps it in the process, for a day: another seller may be valid on the next. */
export function keepSiteConfig(caches: NotifiedCaches, db: Db, clock: Clock, config: Config): SiteConfig {
  const kept = caches.add(
    'settings_changed',
    async (): Promise<{ config: Config; day: Day }> => {
      const day = clock.today();
      return { config: await loadSiteConfig(db, config, day), day };
    },
    ({ day }) => day === clock.today(),
  );
  return { current: async () => (await kept.current()).config };
}
