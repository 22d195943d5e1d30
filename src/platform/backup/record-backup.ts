import { connect } from '../db/database.ts';

export interface BackupRecord {
  kind: 'backup' | 'restore';
  startedAt: Date;
  finishedAt: Date;
  result: 'ok' | 'failed';
  bytes: number;
  path: string;
  detail: string;
}

/** Stores a row about it. @returns false on a schema that is older than the table: the next start brings it up to date */
export async function recordBackup(url: string, record: BackupRecord): Promise<boolean> {
  const db = connect(url, { pool: 1, applicationName: 'kabinet-backup' });
  try {
    if (!(await db.schema.hasTable('backups'))) return false;
    const { startedAt, finishedAt, ...rest } = record;
    await db('backups').insert({ ...rest, started_at: startedAt, finished_at: finishedAt });
    return true;
  } finally {
    await db.destroy();
  }
}
