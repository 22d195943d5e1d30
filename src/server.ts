import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';
import { systemClock } from './platform/clock.ts';
import { type Config, ConfigurationError, DEMO_PASSWORD, parseConfig } from './platform/config.ts';
import { DatabaseHealth } from './platform/db/database-health.ts';
import { openDatabase, type OpenDatabase } from './platform/db/open-database.ts';
import { loadEncryptionKey, loadSecrets, readEncryptionKey } from './platform/installation-secrets.ts';
import { Sealing } from './platform/sealing.ts';
import { isStaging, markProduction } from './platform/installation/installation.ts';
import { type Jobs, openJobs } from './platform/jobs/jobs.ts';
import { resealSecrets } from './domain/identity/second-factor.ts';
import { makeSetupToken } from './domain/staff/set-up.ts';
import { refuseWrongBalances } from './domain/audit/refuse-wrong-balances.ts';
import { DEMO_ACCOUNTS } from './domain/identity/demo-accounts.ts';
import { FIRST_PORT, Listener } from './web/listener.ts';
import { createLog } from './web/middleware/request-log.ts';
import type { Lifecycle } from './web/request-context.ts';
import { listeningUrl } from './web/site-url.ts';
import { smtpTransport } from './mail/smtp-transport.ts';
import { seedAdministrator } from '../seeds/administrator.ts';
import { seedDemo } from '../seeds/demo.ts';
import { type App, createApp, createHealthApp } from './app.ts';
import { SCHEDULE } from './schedule.ts';
import { saveFirstSeller } from './domain/settings/save-settings.ts';
import { createServices } from './services.ts';

/** A signal to the process group arrives twice: directly, and once more through npm. */
const SAME_SIGNAL_MS = 1_000;

let stopRequestedAt: number | undefined;
let stop: (() => Promise<void>) | undefined;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // A second signal kills the process at once; a database that is left running is taken over at the next start.
    if (stopRequestedAt === undefined) requestStop();
    else if (performance.now() - stopRequestedAt > SAME_SIGNAL_MS) process.exit(1);
  });
}

function requestStop() {
  stopRequestedAt = performance.now();
  void stop?.();
}

try {
  await start(parseConfig(process.env));
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

async function start(config: Config) {
  const log = createLog(config.logLevel);
  const database = await openDatabase(config, log);
  const health = new DatabaseHealth(database.url, log);
  const lifecycle = { stopping: false };
  let app: App | undefined;
  let listener: Listener | undefined;
  let jobs: Jobs | undefined;
  let setupToken: string | undefined;
  try {
    setupToken = await seed(config, database);
    if (config.production) await refuseDemoAccounts(database);
    await refuseWrongBalances(database.db);
    const clock = systemClock(config.timeZone);
    if (config.production) await markProduction(database.db, clock);
    await saveFirstSeller(database.db, clock, config);
    const mailsOff = await isStaging(database.db);
    if (mailsOff && config.smtpUrl) log.warn('This database is a test copy: SMTP_URL is not used');
    const transport = config.smtpUrl && !mailsOff ? smtpTransport(config.smtpUrl) : null;
    const siteUrl = () => config.publicUrl ?? addressOf(config, config.role === 'worker' ? undefined : listener);
    const sealing = await sealingOf(config);
    if (config.encryptionKeyPrevious) await resealSecrets(database.db, sealing);
    const context = { db: database.db, clock, config, transport, log, sealing, siteUrl };
    const worker = config.role === 'web' ? null : context;
    jobs = await openJobs({ databaseUrl: database.url, health, log, schedule: SCHEDULE, worker });
    if (config.role !== 'worker') {
      const { db, url: databaseUrl } = database;
      const secrets = await secretsOf(config);
      const parts = { config, clock, db, databaseUrl, health, lifecycle, log, jobs, sealing };
      app = createApp(await createServices({ ...parts, ...secrets }), { databaseUrl, ...secrets });
    }
    listener = await Listener.open(app?.express ?? createHealthApp({ health, lifecycle }), config);
  } catch (error) {
    await closeInOrder(log, [app, jobs, health, database]);
    throw error;
  }
  const running = {
    app,
    listener,
    jobs,
    health,
    database,
    lifecycle,
    log,
    drainSeconds: config.drainSeconds,
  };
  stop = () => shutDown(running);
  if (stopRequestedAt !== undefined) return stop();
  if (config.startedByNpm) stopWithParent(process.ppid);
  if (setupToken) sayHowToSetUp(config, listener, setupToken);
  greet(config, listener);
}

/** @returns the token with which the first administrator is made; undefined where there is somebody already */
async function seed(config: Config, { db }: OpenDatabase): Promise<string | undefined> {
  if (await db('users').first('id')) return undefined;
  if (config.demo) {
    console.log('The database is empty: making the demo …');
    await seedDemo(db, systemClock(config.timeZone), config);
  } else if (config.adminEmail && config.adminPassword) {
    await seedAdministrator(db, systemClock(config.timeZone), config.adminEmail, config.adminPassword);
  } else if (config.production && config.role !== 'worker') {
    return makeSetupToken(db, systemClock(config.timeZone));
  }
  return undefined;
}

/** A database that once was a demo has accounts with a public password. */
async function refuseDemoAccounts({ db }: OpenDatabase) {
  const emails = await db('users').whereILike('email', '%@kabinet.example').whereNull('disabled_at').pluck('email');
  if (emails.length > 0)
    throw new ConfigurationError(`Refusing to start in production on a demo database: it has ${emails.join(', ')}`);
}

/** Those that are set; outside production, otherwise those of this installation. */
async function secretsOf({ sessionSecret, sandboxSecret, dataDir, production }: Config) {
  if (production) return { sessionSecret: sessionSecret ?? '', sandboxSecret: '' };
  const kept = await loadSecrets(path.resolve(dataDir));
  return { sessionSecret: sessionSecret ?? kept.session, sandboxSecret: sandboxSecret ?? kept.sandbox };
}

/** With the key of the environment; outside production, otherwise with that of this installation. */
async function sealingOf(config: Config): Promise<Sealing> {
  const { encryptionKey, encryptionKeyFile, encryptionKeyPrevious, dataDir } = config;
  const key = encryptionKey ?? (encryptionKeyFile ? await readEncryptionKey(encryptionKeyFile) : undefined);
  const present = key ?? (await loadEncryptionKey(path.resolve(dataDir)));
  return new Sealing([present, ...(encryptionKeyPrevious ? [encryptionKeyPrevious] : [])]);
}

/** `/readyz` fails first, requests under way finish, then the database stops too. */
async function shutDown({
  app,
  listener,
  jobs,
  health,
  database,
  lifecycle,
  log,
  drainSeconds,
}: {
  app: App | undefined;
  listener: Listener;
  jobs: Jobs;
  health: DatabaseHealth;
  database: OpenDatabase;
  lifecycle: Lifecycle;
  log: Logger;
  drainSeconds: number;
}) {
  lifecycle.stopping = true;
  listener.endConnections();
  if (app) await setTimeout(drainSeconds * 1000);
  // A worker answers health checks until its jobs have ended.
  const order = app ? [listener, app, jobs] : [jobs, listener];
  const closed = await closeInOrder(log, [...order, health, database]);
  process.exit(closed ? 0 : 1);
}

/** Closes each, also after one that fails. @returns whether all were closed */
async function closeInOrder(log: Logger, parts: ({ close(): Promise<void> } | undefined)[]): Promise<boolean> {
  let closed = true;
  for (const part of parts)
    await part?.close().catch((error: unknown) => {
      closed = false;
      log.error({ err: error }, 'closing failed');
    });
  return closed;
}

/** A killed npm passes no signal on. */
function stopWithParent(parent: number) {
  const timer = setInterval(() => {
    if (process.ppid !== parent && stopRequestedAt === undefined) requestStop();
  }, 1000);
  timer.unref();
}

/** Where this process listens; for a separate worker, where a web process does by default. */
function addressOf({ host, port }: Config, listener: Listener | undefined): string {
  return listeningUrl(host, listener?.port ?? port ?? FIRST_PORT);
}

function greet(config: Config, listener: Listener) {
  const address = addressOf(config, listener);
  if (config.role === 'worker')
    return console.log(`\n  Kabinet is working: jobs, schedule and mail. How it is: ${address}/readyz\n`);
  console.log(`\n  Kabinet is ready: ${config.publicUrl ?? address}\n`);
  if (!config.demo) return;
  console.log(`  Sign in with the password ${DEMO_PASSWORD} as`);
  for (const { email, who } of DEMO_ACCOUNTS) console.log(`    ${email.padEnd(28)} ${who}`);
  console.log(`\n  Stop with Ctrl-C. Data is kept in ${config.databaseUrl ? 'your database' : config.dataDir}.\n`);
}

/** The link is printed and not logged: whoever reads it may make the administrator. */
function sayHowToSetUp(config: Config, listener: Listener, token: string) {
  const site = config.publicUrl ?? addressOf(config, listener);
  console.log(`\n  There is nobody yet. Make the first administrator, once: ${site}/staff/setup?token=${token}`);
}
