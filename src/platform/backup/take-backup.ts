import fs from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import type { Clock } from '../clock.ts';
import { CLUSTER, describeBackup, type Description, SECRETS } from './backup-folder.ts';
import { copyFile, copyFolder, type CopyOptions, flush, writeFile } from './copy-files.ts';

/**
 * Not copied: files about the running server only, and what every start creates. Of `pg_wal` the end of the backup copies
 * what it needs.
 */
const LEFT_OUT = new Set([
  'postmaster.pid',
  'postmaster.opts',
  'server.log',
  'backup_label',
  'tablespace_map',
  'pg_internal.init',
]);
const EMPTIED = new Set([
  'pg_wal',
  'pg_replslot',
  'pg_dynshmem',
  'pg_notify',
  'pg_serial',
  'pg_snapshots',
  'pg_stat_tmp',
  'pg_subtrans',
]);

const isCopied = (relative: string) => {
  const { dir, base } = path.parse(relative);
  return !LEFT_OUT.has(base) && !EMPTIED.has(dir.split(path.sep)[0] as string) && !base.startsWith('pgsql_tmp');
};

const WAL_SEGMENT = /^[0-9A-F]{24}$/;

export interface BackupSource {
  /** As the owner, who may copy a running server. */
  url: string;
  clusterDir: string;
  secretsFile: string;
}

/**
 * Copies the running server into an empty folder, with the secrets that its passwords are in: the files as they are
 * while it writes, and the log of what it wrote meanwhile, from which a start makes them consistent. Nothing waits for
 * it. A temporary slot keeps that log; should this process be killed, the slot and the backup end with its connection.
 */
export async function takeBackup(
  { url, clusterDir, secretsFile }: BackupSource,
  folder: string,
  clock: Clock,
  onProgress: NonNullable<CopyOptions['onProgress']>,
): Promise<Description> {
  const startedAt = clock.now().toISOString();
  const target = path.join(folder, CLUSTER);
  const client = new pg.Client({ connectionString: url, application_name: 'kabinet-backup' });
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query('select pg_create_physical_replication_slot($1, true, true)', [`kabinet_backup_${process.pid}`]);
    const start = await one(client, 'select pg_walfile_name(pg_backup_start($1, fast => true)) as segment', [
      'kabinet',
    ]);
    let bytes = await copyFolder(clusterDir, target, { includes: isCopied, onProgress });
    const stop = await one(
      client,
      'select pg_walfile_name(lsn) as segment, labelfile from pg_backup_stop(wait_for_archive => false)',
    );
    await writeFile(path.join(target, 'backup_label'), stop['labelfile'] ?? '');
    bytes += await copyWal(clusterDir, target, start['segment'] ?? '', stop['segment'] ?? '');
    bytes += await copyFile(secretsFile, path.join(folder, SECRETS));
    const description: Description = { format: 1, startedAt, bytes };
    const { file, text } = describeBackup(description);
    await writeFile(path.join(folder, file), text);
    for (const written of [target, folder]) await flush(written);
    return description;
  } finally {
    await client.end();
  }
}

async function copyWal(clusterDir: string, target: string, first: string, last: string): Promise<number> {
  const source = path.join(clusterDir, 'pg_wal');
  const segments = (await fs.readdir(source)).filter(
    (name) => name.endsWith('.history') || (WAL_SEGMENT.test(name) && name >= first && name <= last),
  );
  let bytes = 0;
  for (const segment of segments)
    bytes += await copyFile(path.join(source, segment), path.join(target, 'pg_wal', segment));
  await flush(path.join(target, 'pg_wal'));
  return bytes;
}

async function one(client: pg.Client, sql: string, values: unknown[] = []): Promise<Record<string, string>> {
  const { rows } = await client.query<Record<string, string>>(sql, values);
  return rows[0] ?? {};
}
