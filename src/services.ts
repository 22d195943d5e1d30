import type { Logger } from 'pino';
import type { Clock } from './platform/clock.ts';
import type { Config } from './platform/config.ts';
import type { DatabaseHealth } from './platform/db/database-health.ts';
import type { Db } from './platform/db/database.ts';
import type { Jobs } from './platform/jobs/jobs.ts';
import type { Sealing } from './platform/sealing.ts';
import { NotifiedCaches } from './platform/db/notified-caches.ts';
import { keepCatalog } from './domain/catalog/catalog-cache.ts';
import { keepSiteConfig } from './domain/settings/site-config.ts';
import { keepRates } from './domain/rates/rate-cache.ts';
import { AccountLimits } from './domain/identity/account-limits.ts';
import { SignInThrottle } from './domain/identity/sign-in-throttle.ts';
import type { Gateway } from './domain/gateways/gateway.ts';
import { SANDBOX, sandboxGateway } from './domain/gateways/sandbox.ts';
import { KnownDevices } from './web/middleware/known-devices.ts';
import { PendingSignIns } from './web/middleware/pending-sign-ins.ts';
import { createPassport } from './web/middleware/passport.ts';
import type { Lifecycle, Services } from './web/request-context.ts';

export interface ServicesOptions {
  config: Config;
  clock: Clock;
  db: Db;
  databaseUrl: string;
  health: DatabaseHealth;
  lifecycle?: Lifecycle;
  log: Logger;
  sessionSecret: string;
  sandboxSecret: string;
  sealing: Sealing;
  jobs: Jobs;
}

/** Makes what handlers work with; the caller owns the database and what watches it, and closes the caches. */
export async function createServices(options: ServicesOptions): Promise<Services> {
  const { config, clock, db, databaseUrl, health, log, sessionSecret, sandboxSecret, sealing, jobs } = options;
  const caches = new NotifiedCaches(databaseUrl, { health, log });
  const rates = keepRates(caches, db, clock);
  const catalog = keepCatalog(caches, db);
  const siteConfig = keepSiteConfig(caches, db, clock, config);
  await caches.listen();
  // The sandbox bank exists only outside production (rule T4).
  const gateways = new Map<string, Gateway>(config.production ? [] : [[SANDBOX, sandboxGateway(sandboxSecret)]]);
  const throttle = new SignInThrottle(db);
  const devices = new KnownDevices({ secret: sessionSecret, production: config.production, clock });
  return {
    config,
    clock,
    db,
    health,
    log,
    caches,
    rates,
    catalog,
    siteConfig,
    gateways,
    jobs,
    passport: createPassport(db, clock, throttle, devices),
    throttle,
    accountLimits: new AccountLimits(db),
    devices,
    pending: new PendingSignIns({ sealing, production: config.production, clock }),
    sealing,
    lifecycle: options.lifecycle ?? { stopping: false },
    sandboxSecret: config.production ? null : sandboxSecret,
  };
}
