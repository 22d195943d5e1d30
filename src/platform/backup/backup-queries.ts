import type { Db } from '../db/database.ts';

export interface LastBackup {
  at: Date;
  isGood: boolean;
}

/** The last backup of the embedded database; null before the first. */
export async function findLastBackup(db: Db): Promise<LastBackup | null> {
  const row = await db('backups')
    .where({ kind: 'backup' })
    .orderBy('id', 'desc')
    .first<{ finished_at: Date; result: 'ok' | 'failed' } | undefined>('finished_at', 'result');
  return row ? { at: row.finished_at, isGood: row.result === 'ok' } : null;
}
