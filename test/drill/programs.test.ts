import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPrograms } from './programs.ts';

let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'kabinet-programs-'));
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

function folderWith(version: number, ...names: string[]) {
  const bin = fs.mkdtempSync(path.join(folder, 'bin-'));
  for (const name of names)
    fs.writeFileSync(path.join(bin, name), `#!/bin/sh\necho 'postgres (PostgreSQL) ${version}.4'\n`, {
      mode: 0o755,
    });
  return bin;
}
const ALL = ['initdb', 'pg_ctl', 'postgres', 'pg_dump', 'pg_restore'];

describe('the programs of a restore drill', () => {
  it('are those of the first folder that has them all', () => {
    const [clients, first, second] = [
      folderWith(17, 'pg_dump', 'pg_restore'),
      folderWith(16, ...ALL),
      folderWith(17, ...ALL),
    ];
    expect(findPrograms([clients, first, second])).toEqual({ folder: first, version: 16 });
    expect(findPrograms([folderWith(14, ...ALL), second])).toEqual({ folder: second, version: 17 });
  });

  it('are missed in words', () => {
    const clients = folderWith(17, 'pg_dump', 'pg_restore');
    const missing =
      `there are pg_dump and pg_restore in ${clients}, ` +
      'but no server programs (initdb, pg_ctl, postgres) beside them';
    expect(findPrograms([folder, clients])).toEqual({ missing });
    expect(findPrograms([folder])).toEqual({ missing: expect.stringContaining('no pg_dump') });
    expect(findPrograms([folderWith(14, ...ALL)])).toEqual({
      missing: expect.stringContaining('older than 15'),
    });
  });
});
