import type { Logger } from 'pino';
import type { Jobs } from './platform/jobs/jobs.ts';
import type { Clock } from './platform/clock.ts';
import type { Config } from './platform/config.ts';
import type { Db } from './platform/db/database.ts';
import type { DatabaseHealth } from './platform/db/database-health.ts';
import type { KnownDevices } from './web/middleware/known-devices.ts';
import type { AppPassport } from './web/middleware/passport.ts';
import type { Gateways } from './domain/gateways/gateway.ts';
import type { RateCache } from './domain/rates/rate-cache.ts';

export interface Lifecycle {
  /** Set when the process was told to stop, so that the proxy hears it first. */
  stopping: boolean;
}

/** What handlers work with, made once when the process starts. */
export interface Services {
  config: Config;
  clock: Clock;
  db: Db;
  health: DatabaseHealth;
  log: Logger;
  rates: RateCache;
  gateways: Gateways;
  passport: AppPassport;
  devices: KnownDevices;
  jobs: Jobs;
  lifecycle: Lifecycle;
  /** The pretended bank's signing secret; null in production, where there is no such bank. */
  sandboxSecret: string | null;
}
