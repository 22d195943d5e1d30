import path from 'node:path';
import { PgBoss } from 'pg-boss';
import { ADVISORY_LOCKS, withAdvisoryLock } from './advisory-locks.ts';
import { connect } from './database.ts';
import { grantApplicationRole, roleOf } from './grants.ts';

export const MIGRATIONS = path.join(import.meta.dirname, '../../../migrations');

/**
 * Brings the schema up to date as its owner, and gives the application's role what it needs and no more. Processes
 * that start at the same moment wait for each other on an advisory lock.
 */
export async function migrate(ownerUrl: string, applicationUrl: string): Promise<void> {
  const db = connect(ownerUrl, { pool: 2, applicationName: 'kabinet-migrate' });
  try {
    await withAdvisoryLock(db, ADVISORY_LOCKS.migrations, async () => {
      await db.migrate.latest({ directory: MIGRATIONS, tableName: 'migrations' });
      await migrateJobs(ownerUrl);
      await grantApplicationRole(db, roleOf(applicationUrl), roleOf(ownerUrl));
    });
  } finally {
    await db.destroy();
  }
}

/** The queues' tables are pg-boss's own; the application's role may use them, and not change them. */
async function migrateJobs(ownerUrl: string) {
  const boss = new PgBoss({ connectionString: ownerUrl, max: 1, supervise: false, schedule: false });
  // It reconnects by itself; without a listener an error would end the process.
  boss.on('error', () => {});
  await boss.start();
  await boss.stop({ graceful: false, close: true });
}
