import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import pg from 'pg';
import pino from 'pino';
import { inject } from 'vitest';
import type { Clock, Day } from '../../src/platform/clock.ts';
import { type Config, parseConfig } from '../../src/platform/config.ts';
import { DatabaseHealth } from '../../src/platform/db/database-health.ts';
import { connect, type Db } from '../../src/platform/db/database.ts';
import { migrate } from '../../src/platform/db/migrate.ts';
import { inTransaction } from '../../src/platform/db/transaction.ts';
import type { Jobs } from '../../src/platform/jobs/jobs.ts';
import { Sealing } from '../../src/platform/sealing.ts';
import { runBilling } from '../../src/domain/billing/run-billing.ts';
import type { Services } from '../../src/web/request-context.ts';
import { createServices } from '../../src/services.ts';
import { type App, createApp } from '../../src/app.ts';
import { seedCatalogue } from '../../seeds/catalogue.ts';
import { TestClock } from './clock.ts';
import { TEMPLATE } from './global-setup.ts';

export const SANDBOX_SECRET = 'a sandbox secret for the tests';
const SESSION_SECRET = 'a session secret for the tests';
const ENCRYPTION_KEY = Buffer.alloc(32, 'k').toString('base64');

export interface PortalOptions {
  environment?: Record<string, string>;
  /** How many connections may be open at once. */
  pool?: number;
  /** Without a catalogue: as a provider finds it on the first day. */
  empty?: boolean;
}

/** The whole application with its catalogue, on a database of its own, listening. */
export interface Portal {
  clock: TestClock;
  config: Config;
  services: Services;
  app: App;
  url: string;
  /** As the application is connected. */
  db: Db;
  databaseUrl: string;
  /** As the owner of the schema is connected. */
  owner: Db;
  ownerUrl: string;
  /** The database's name. */
  database: string;
  /** The lines of its log. */
  logged: Record<string, unknown>[];
  close(): Promise<void>;
}

export async function openPortal({ environment = {}, pool = 10, empty = false }: PortalOptions): Promise<Portal> {
  const { database, ownerUrl, databaseUrl } = await createDatabase();
  const config = parseConfig({ NODE_ENV: 'test', SEED_DEMO: 'false', ...environment });
  const db = connect(databaseUrl, { pool, prepared: config.preparedStatements });
  const owner = connect(ownerUrl, { pool: 2 });
  const clock = new TestClock(config.timeZone);
  const logged: Record<string, unknown>[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => void logged.push(JSON.parse(line)) });
  const health = new DatabaseHealth(databaseUrl, log);
  const sealing = new Sealing([ENCRYPTION_KEY]);
  const secrets = { sessionSecret: SESSION_SECRET, sandboxSecret: SANDBOX_SECRET, sealing };
  const jobs = jobsAtOnce(db, clock, config);
  const services = await createServices({ config, clock, db, databaseUrl, health, log, jobs, ...secrets });
  const app = createApp(services, { databaseUrl, sessionSecret: SESSION_SECRET });
  const server = await listen(app);
  if (!empty) await inTransaction(db, (trx) => seedCatalogue(trx));

  async function close() {
    await stopListening(server);
    await app.close();
    await health.close();
    await db.destroy();
    await owner.destroy();
    await administer(`drop database ${database} with (force)`);
  }

  return {
    clock,
    config,
    services,
    app,
    url: urlOf(server),
    db,
    databaseUrl,
    owner,
    ownerUrl,
    database,
    logged,
    close,
  };
}

/** What pages ask the worker for is done at once. */
const jobsAtOnce = (db: Db, clock: Clock, { seller }: Config): Jobs => ({
  async send(_trx, job, data) {
    if (job !== 'billing') throw new Error(`No page asks for ${job}`);
    await runBilling(db, clock, seller, { ...(data as { day: Day; userId: number }), startedBy: 'staff' });
  },
  close: async () => {},
});

/** Clones the template that was migrated once for all tests. */
async function createDatabase() {
  const { owner, application } = inject('postgres');
  const database = `test_${randomBytes(6).toString('hex')}`;
  const [ownerUrl, databaseUrl] = [owner + database, application + database];
  await administer(`create database ${database} template ${TEMPLATE}`);
  // What is granted on the database itself is not cloned.
  await migrate(ownerUrl, databaseUrl);
  return { database, ownerUrl, databaseUrl };
}

async function administer(sql: string) {
  const client = new pg.Client({ connectionString: `${inject('postgres').owner}postgres` });
  await client.connect();
  await client.query(sql);
  await client.end();
}

async function listen({ express }: App): Promise<Server> {
  return new Promise((resolve) => {
    const server = express.listen(0, '127.0.0.1', () => resolve(server));
  });
}

const urlOf = (server: Server) => `http://127.0.0.1:${(server.address() as { port: number }).port}`;

async function stopListening(server: Server) {
  await new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
}
