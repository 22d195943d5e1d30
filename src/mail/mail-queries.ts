import type { Db } from '../db/database.ts';
import type { StoredMail } from './render-mail.ts';

/** How many messages staff should know of: failed for good, and those that may or may not have arrived. */
export async function countTroubledMails(db: Db): Promise<{ failed: number; uncertain: number }> {
  // As the partial index has it.
  return db('mails')
    .whereRaw(`state in ('failed', 'uncertain')`)
    .first(
      db.raw(`count(*) filter (where state = 'failed') as failed`),
      db.raw(`count(*) filter (where state = 'uncertain') as uncertain`),
    );
}

export interface KeptMail extends StoredMail {
  state: string;
  enqueued_at: Date;
}

/** The last messages that were written, newest first. */
export const listLastMails = (db: Db, limit: number): Promise<KeptMail[]> =>
  db('mails').orderBy('id', 'desc').limit(limit).select();

export const findMail = (db: Db, id: number): Promise<KeptMail | undefined> =>
  db('mails').where({ id }).first<KeptMail | undefined>();
