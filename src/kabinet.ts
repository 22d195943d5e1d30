import type { Logger } from 'pino';
import type { Jobs } from './platform/jobs/jobs.ts';
import { createApp, type App } from './app.ts';
import type { Clock } from './platform/clock.ts';
import type { Config } from './platform/config.ts';
import type { Db } from './platform/db/database.ts';
import type { DatabaseHealth } from './platform/db/database-health.ts';
import { KnownDevices } from './web/middleware/known-devices.ts';
import { createPassport } from './web/middleware/passport.ts';
import { SignInThrottle } from './domain/identity/sign-in-throttle.ts';
import type { Gateway } from './domain/gateways/gateway.ts';
import { SANDBOX, sandboxGateway } from './domain/gateways/sandbox.ts';
import { RateCache } from './domain/rates/rate-cache.ts';
import type { Lifecycle, Services } from './services.ts';

export interface KabinetOptions {
  config: Config;
  clock: Clock;
  db: Db;
  databaseUrl: string;
  health: DatabaseHealth;
  lifecycle?: Lifecycle;
  log: Logger;
  sessionSecret: string;
  sandboxSecret: string;
  jobs: Jobs;
}

export interface Kabinet extends App {
  services: Services;
}

/** Puts the services together and makes the application of them; the caller owns the database and what watches it. */
export async function createKabinet(options: KabinetOptions): Promise<Kabinet> {
  const { config, clock, db, databaseUrl, health, log, sessionSecret, sandboxSecret, jobs } = options;
  const rates = new RateCache(db, databaseUrl, clock, { health, log });
  await rates.listen();
  // The pretended bank exists only outside production (rule T4).
  const gateways = new Map<string, Gateway>(
    config.production ? [] : [[SANDBOX, sandboxGateway(sandboxSecret)]],
  );
  const devices = new KnownDevices({ secret: sessionSecret, production: config.production, clock });
  const services: Services = {
    config,
    clock,
    db,
    health,
    log,
    rates,
    gateways,
    jobs,
    passport: createPassport(db, new SignInThrottle(db), devices),
    devices,
    lifecycle: options.lifecycle ?? { stopping: false },
    sandboxSecret: config.production ? null : sandboxSecret,
  };
  const app = createApp(services, { databaseUrl, sessionSecret });
  return {
    services,
    express: app.express,
    async close() {
      await rates.close();
      await app.close();
    },
  };
}
