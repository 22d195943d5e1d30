import type { Clock } from '../clock.ts';
import type { Db } from '../db/database.ts';
import { inTransaction } from '../db/transaction.ts';

/**
 * Makes a database a test copy, in one transaction: it loses the mark of production, is never production again, and
 * messages that wait in it are kept instead of sent.
 * @param owner connected as the schema's owner, who alone may do so
 * @returns how many messages waited
 */
export async function unmark(owner: Db, clock: Clock): Promise<number> {
  return inTransaction(owner, async (trx) => {
    await trx('installation').update({ production_since: null, staging_since: clock.now() });
    return trx('mails').where({ state: 'waiting' }).update({ state: 'kept' });
  });
}

/** How many other connections the database has: they would not notice the change. */
export async function countOthers(owner: Db): Promise<number> {
  // These columns are visible for other roles too; PostgreSQL's own workers have no user.
  const { rows } = await owner.raw<{ rows: { others: number }[] }>(
    `select count(*) as others
     from pg_stat_activity
     where datname = current_database()
       and pid <> pg_backend_pid()
       and usename is not null`,
  );
  return rows[0]?.others ?? 0;
}
