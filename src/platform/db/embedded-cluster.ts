import { execFile, spawn } from 'node:child_process';
import fs from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { ConfigurationError } from '../config.ts';
import { type Home, no, yes } from './embedded-programs.ts';

const run = promisify(execFile);

export const OWNER = 'kabinet_owner';

/** Made in a temporary folder and renamed when it is complete, so that an interrupted start leaves no partial cluster. */
export async function initialise(home: Home, password: string) {
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
    // Another process may have made the cluster meanwhile; that one is used.
    await fs.rename(half, home.dataDir).catch(() => fs.rm(half, { recursive: true, force: true }));
  } catch (error) {
    throw new ConfigurationError(`PostgreSQL could not make its files: ${lastLine((error as Error).message)}`);
  } finally {
    await fs.rm(passwordFile, { force: true });
  }
}

/** Starts the server, unless one is running on these files already. @returns its port */
export async function startOrAttach(home: Home, settings: string[]): Promise<number> {
  const running = await portOfRunning(home);
  if (running) return running;
  return startOn(home, settings, await choosePort(home));
}

/**
 * Starts a server that ended, on the port that it had, unless another process has started it meanwhile.
 * @throws {ConfigurationError} when it does not start now
 */
export async function startAgain(home: Home, settings: string[], port: number): Promise<void> {
  const runs = (await portOfRunning(home)) ?? (await startOn(home, settings, port));
  if (runs !== port) throw new ConfigurationError(`PostgreSQL now listens on port ${runs}, not on ${port}`);
}

/** A server with much to recover from its journal starts slowly, which must not count as a failure. */
const START_SECONDS = 600;

async function startOn(home: Home, settings: string[], port: number): Promise<number> {
  const serverSettings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', `port=${port}`, ...settings];
  const log = path.join(home.dataDir, 'server.log');
  try {
    await pgCtl(home, [
      'start',
      '-w',
      '-t',
      String(START_SECONDS),
      '-l',
      log,
      '-o',
      serverSettings.map((s) => `-c ${s}`).join(' '),
    ]);
    return port;
  } catch (error) {
    // Another process may have started a server on the same files meanwhile.
    const other = await portOfRunning(home);
    if (other) return other;
    const reason = await fs.readFile(log, 'utf8').then(reasonIn, () => lastLine((error as Error).message));
    throw new ConfigurationError(`PostgreSQL did not start: ${reason} (its log: ${log})`);
  }
}

/** The port in postmaster.pid (its fourth line), if `pg_ctl status` says that this server runs. */
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

export function pgCtl(home: Home, args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    // The server inherits pg_ctl's open files, so none of them may be a pipe that this process waits for.
    const child = spawn(home.binaries.pg_ctl, [...args, '-D', home.dataDir], {
      ...home.user,
      cwd: '/',
      stdio: 'ignore',
      detached: true,
    });
    child.on('error', reject);
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`pg_ctl ${args[0]} ended with ${code}`))));
  });
}

/** The last port if it is free: processes that lost the server find it there again. */
async function choosePort(home: Home): Promise<number> {
  const command = await fs.readFile(path.join(home.dataDir, 'postmaster.opts'), 'utf8').catch(() => '');
  const last = Number(/port=(\d{1,5})\b/.exec(command)?.[1] ?? 0);
  return freePort(last).catch(() => freePort(0));
}

function freePort(wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(wanted, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

/** The last fatal line of its log: the reason why it ended. */
const reasonIn = (log: string) => log.match(/.*(?:FATAL|PANIC): .*/g)?.at(-1) ?? lastLine(log);

const lastLine = (text: string) => text.trim().split('\n').at(-1) ?? '';
