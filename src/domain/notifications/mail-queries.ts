import type { Db } from '../../platform/db/database.ts';
import type { StoredMail } from './messages.ts';

/** How many messages staff should look at: failed for good, and those that may or may not have arrived. */
export async function countTroubledMails(db: Db): Promise<{ failed: number; uncertain: number }> {
  // Matches the partial index.
  return db('mails')
    .whereRaw(`state in ('failed', 'uncertain')`)
    .first(
      db.raw(`count(*) filter (where state = 'failed') as failed`),
      db.raw(`count(*) filter (where state = 'uncertain') as uncertain`),
    );
}

/** Minutes after which a message that is due should have been tried. */
const LATE_MINUTES = 15;

export interface MailDelay {
  waiting: number;
  since: Date;
  /** Of the last attempt; null before the first. */
  lastError: string | null;
}

/** The messages that should have been sent: failed so far, or due for a quarter of an hour. Null without any. */
export async function findMailDelay(db: Db, now: Date): Promise<MailDelay | null> {
  const late = new Date(now.getTime() - LATE_MINUTES * 60_000);
  const row = await db('mails')
    .where({ state: 'waiting' })
    .first<{ waiting: number; delayed: number; since: Date; last_error: string | null }>(
      db.raw('count(*) as waiting'),
      db.raw('count(*) filter (where attempts > 0 or due_at < ?) as delayed', [late]),
      db.raw('min(enqueued_at) as since'),
      db.raw('(array_agg(last_error order by claimed_at desc) filter (where attempts > 0))[1] as last_error'),
    );
  if (row.delayed === 0) return null;
  return { waiting: row.waiting, since: row.since, lastError: row.last_error };
}

/** As the check of the table has them. */
export type MailState = 'waiting' | 'sending' | 'sent' | 'failed' | 'uncertain' | 'kept';

export interface KeptMail extends StoredMail {
  state: MailState;
}

/** The last messages that were written, newest first. */
export const listLastMails = (db: Db, limit: number): Promise<KeptMail[]> =>
  db('mails as m')
    .leftJoin('customers as c', 'c.id', 'm.customer_id')
    .orderBy('m.id', 'desc')
    .limit(limit)
    .select('m.*', db.raw(`coalesce(c.first_name, '') as first_name`));

export const findMail = (db: Db, id: number): Promise<KeptMail | undefined> =>
  db('mails as m')
    .leftJoin('customers as c', 'c.id', 'm.customer_id')
    .where({ 'm.id': id })
    .first<KeptMail | undefined>('m.*', db.raw(`coalesce(c.first_name, '') as first_name`));
