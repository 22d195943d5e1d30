import type { Server } from 'node:http';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { openJobs, type Jobs } from './billing/jobs.ts';
import { systemClock } from './clock.ts';
import { ConfigurationError, DEMO_PASSWORD, parseConfig, type Config } from './config.ts';
import { openDatabase, type OpenDatabase } from './db/open-database.ts';
import { loadSecrets } from './db/secrets.ts';
import { createKabinet, type Kabinet } from './kabinet.ts';
import { smtpTransport } from './mail/smtp-transport.ts';
import { seedAdministrator } from '../seeds/administrator.ts';
import { DEMO_ACCOUNTS, seedDemo } from '../seeds/demo.ts';
import { createLog } from './web/request-log.ts';

const FIRST_PORT = 3000;
const PORTS_TO_TRY = 100;
/** What is running is given this long to finish. */
const STOP_SECONDS = 10;

let stopRequested = false;
let stop: (() => Promise<void>) | undefined;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // Whoever asks twice does not want to wait; a database that is left running is taken over at the next start.
    if (stopRequested) process.exit(1);
    requestStop();
  });
}

function requestStop() {
  stopRequested = true;
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
  const database = await openDatabase(config);
  let kabinet: Kabinet | undefined;
  let server: Server | undefined;
  let jobs: Jobs | undefined;
  try {
    await seed(config, database);
    if (config.production) await refuseDemoAccounts(database);
    const clock = systemClock(config.timeZone);
    const transport = config.smtpUrl ? smtpTransport(config.smtpUrl) : null;
    const siteUrl = () => config.publicUrl ?? addressOf(config, server);
    const context = { db: database.db, clock, config, transport, log, siteUrl };
    const worker = config.role === 'web' ? null : context;
    jobs = await openJobs({ databaseUrl: database.url, log, worker });
    if (config.role !== 'worker') {
      const { db, url: databaseUrl } = database;
      kabinet = await createKabinet({
        config,
        clock,
        db,
        databaseUrl,
        log,
        jobs,
        ...(await secretsOf(config)),
      });
      server = await listen(kabinet, config);
    }
  } catch (error) {
    await kabinet?.close();
    await jobs?.close();
    await database.close();
    throw error;
  }
  const running = { kabinet, server, jobs, database, drainSeconds: config.drainSeconds };
  stop = () => shutDown(running);
  if (stopRequested) return stop();
  if (config.startedByNpm) stopWithParent(process.ppid);
  greet(config, server);
}

async function seed(config: Config, { db }: OpenDatabase) {
  if (await db('users').first('id')) return;
  if (config.demo) {
    console.log('The database is empty: making the demo …');
    await seedDemo(db, systemClock(config.timeZone), config);
  } else if (config.adminEmail && config.adminPassword) {
    await seedAdministrator(db, systemClock(config.timeZone), config.adminEmail, config.adminPassword);
  } else if (config.production && config.role !== 'worker') {
    throw new ConfigurationError(
      'The database has no user yet: set ADMIN_EMAIL and ADMIN_PASSWORD for its first administrator',
    );
  }
}

/** A database that once was a demo has accounts with a password that everybody can read. */
async function refuseDemoAccounts({ db }: OpenDatabase) {
  const emails = await db('users')
    .whereILike('email', '%@kabinet.example')
    .whereNull('disabled_at')
    .pluck('email');
  if (emails.length > 0)
    throw new ConfigurationError(
      `Refusing to start in production on a demo database: it has ${emails.join(', ')}`,
    );
}

/** Set ones win; outside production those of this installation serve. */
async function secretsOf({ sessionSecret, sandboxSecret, dataDir, production }: Config) {
  if (production) return { sessionSecret: sessionSecret ?? '', sandboxSecret: '' };
  const kept = await loadSecrets(path.resolve(dataDir));
  return { sessionSecret: sessionSecret ?? kept.session, sandboxSecret: sandboxSecret ?? kept.sandbox };
}

/** On `PORT`, or on the first free one from 3000 on. @throws {ConfigurationError} when there is none */
async function listen({ express }: Kabinet, { port, host }: Config): Promise<Server> {
  const candidates =
    port === undefined ? Array.from({ length: PORTS_TO_TRY }, (_, index) => FIRST_PORT + index) : [port];
  for (const candidate of candidates) {
    const server = await new Promise<Server | null>((resolve, reject) => {
      const attempt = express.listen(candidate, host, (error?: Error) => {
        if (!error) resolve(attempt);
        else if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') resolve(null);
        else reject(new ConfigurationError(`Cannot listen on ${host}:${candidate}: ${error.message}`));
      });
    });
    if (server) return server;
  }
  throw new ConfigurationError(
    port === undefined
      ? `No free port from ${FIRST_PORT} on`
      : `Port ${port} is taken; set PORT to another one`,
  );
}

/** The proxy hears it first (`/readyz`), what is running finishes, then the database stops too. */
async function shutDown({
  kabinet,
  server,
  jobs,
  database,
  drainSeconds,
}: {
  kabinet: Kabinet | undefined;
  server: Server | undefined;
  jobs: Jobs;
  database: OpenDatabase;
  drainSeconds: number;
}) {
  if (kabinet && server) {
    kabinet.services.lifecycle.stopping = true;
    await setTimeout(drainSeconds * 1000);
    await stopListening(server);
    await kabinet.close();
  }
  await jobs.close();
  await database.close();
  process.exit(0);
}

async function stopListening(server: Server) {
  const timer = globalThis.setTimeout(() => server.closeAllConnections(), STOP_SECONDS * 1000);
  await new Promise((resolve) => {
    server.close(resolve);
    server.closeIdleConnections();
  });
  clearTimeout(timer);
}

/** A killed npm passes no signal on. */
function stopWithParent(parent: number) {
  const timer = setInterval(() => {
    if (process.ppid !== parent && !stopRequested) requestStop();
  }, 1000);
  timer.unref();
}

/** Where this process listens; a worker of its own knows only where a web process would by default. */
function addressOf({ host, port }: Config, server: Server | undefined): string {
  const listening = server?.address() as { port: number } | null | undefined;
  return `http://${host}:${listening?.port ?? port ?? FIRST_PORT}`;
}

function greet(config: Config, server: Server | undefined) {
  if (!server) return console.log('\n  Kabinet is working: jobs, schedule and mail.\n');
  console.log(`\n  Kabinet is ready: ${config.publicUrl ?? addressOf(config, server)}\n`);
  if (!config.demo) return;
  console.log(`  Sign in with the password ${DEMO_PASSWORD} as`);
  for (const { email, who } of DEMO_ACCOUNTS) console.log(`    ${email.padEnd(28)} ${who}`);
  console.log(
    `\n  Stop with Ctrl-C. Data is kept in ${config.databaseUrl ? 'your database' : config.dataDir}.\n`,
  );
}
