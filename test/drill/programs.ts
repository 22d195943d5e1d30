import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

/** Where Debian keeps them; they are not in the PATH there. */
const DEBIAN = '/usr/lib/postgresql';
const SERVER = ['initdb', 'pg_ctl', 'postgres'];
const CLIENT = ['pg_dump', 'pg_restore'];
/** The oldest PostgreSQL that Kabinet works with. */
const OLDEST = 15;

export type Programs = { folder: string; version: number } | { missing: string };

/** The folders of the PATH, then Debian's, newest first. */
export function likelyFolders(): string[] {
  const inPath = (process.env['PATH'] ?? '').split(path.delimiter).filter(Boolean);
  const versions = fs.existsSync(DEBIAN) ? fs.readdirSync(DEBIAN) : [];
  return [...inPath, ...versions.sort((a, b) => Number(b) - Number(a)).map((v) => `${DEBIAN}/${v}/bin`)];
}

/** The first folder with all the programs that a drill takes, or in words what is missing. */
export function findPrograms(folders: string[]): Programs {
  const has = (folder: string) => (name: string) => fs.existsSync(path.join(folder, name));
  const whole = folders.filter((folder) => [...SERVER, ...CLIENT].every(has(folder)));
  for (const folder of whole) {
    const version = versionIn(folder);
    if (version >= OLDEST) return { folder, version };
  }
  if (whole.length > 0) return { missing: `the PostgreSQL in ${whole[0]} is older than ${OLDEST}` };
  const clients = folders.find((folder) => CLIENT.every(has(folder)));
  return {
    missing: clients
      ? `there are pg_dump and pg_restore in ${clients}, but no server programs (${SERVER.join(', ')}) beside them`
      : `there are no pg_dump and pg_restore in the PATH or under ${DEBIAN}`,
  };
}

function versionIn(folder: string): number {
  const said = execFileSync(path.join(folder, 'postgres'), ['--version'], { encoding: 'utf8' });
  return Number(/\d+/.exec(said)?.[0] ?? 0);
}
