import type { Clock } from '../../platform/clock.ts';
import type { Db, Transaction } from '../../platform/db/database.ts';
import type { ListWindow } from '../../platform/db/list-window.ts';
import type { Visit } from './browser.ts';

/** What became of an attempt to sign in; `refused` is a user who is disabled, or staff from elsewhere. */
export type SignInOutcome = 'signed_in' | 'wrong_password' | 'wrong_code' | 'refused';
/** How somebody proved who they are. */
export type SignInMethod = 'password' | 'password_code' | 'password_recovery' | 'password_remembered';

export interface SignInRecord extends Visit {
  /** Null for an e-mail that is nobody's: the row is written all the same, so that it takes as long. */
  userId: number | null;
  outcome: SignInOutcome;
  method: SignInMethod;
}

/** Days that the history goes back. */
export const HISTORY_DAYS = 180;

/** Keeps what became of an attempt to sign in. */
export async function recordSignIn(db: Db | Transaction, clock: Clock, record: SignInRecord): Promise<void> {
  await db('sign_ins').insert({
    user_id: record.userId,
    at: clock.now(),
    outcome: record.outcome,
    method: record.method,
    address: record.address || null,
    user_agent: record.userAgent,
  });
}

export interface SignInItem extends Visit {
  at: Date;
  outcome: SignInOutcome;
  method: SignInMethod;
}

/** What happened when a user signed in, or somebody tried to as them; the newest first. */
export async function listSignIns(db: Db, userId: number, { limit, offset }: ListWindow): Promise<SignInItem[]> {
  const rows = await db('sign_ins')
    .where({ user_id: userId })
    .orderBy('id', 'desc')
    .limit(limit)
    .offset(offset)
    .select('at', 'outcome', 'method', db.raw('host(address) as address'), 'user_agent');
  return rows.map((row) => ({
    at: row.at,
    outcome: row.outcome,
    method: row.method,
    address: row.address ?? '',
    userAgent: row.user_agent,
  }));
}

/** How many there are. */
export async function countSignIns(db: Db, userId: number): Promise<number> {
  const row = await db('sign_ins').where({ user_id: userId }).first<{ count: number }>(db.raw('count(*) as count'));
  return row.count;
}

/** Whether the user has signed in before. */
export async function hasSignedIn(db: Db | Transaction, userId: number): Promise<boolean> {
  return (await db('sign_ins').where({ user_id: userId, outcome: 'signed_in' }).first('id')) !== undefined;
}

/** Forgets what is older than the history goes back. */
export async function forgetOldSignIns(db: Db, clock: Clock): Promise<void> {
  const before = new Date(clock.now().getTime() - HISTORY_DAYS * 86_400_000);
  await db('sign_ins').where('at', '<', before).delete();
}
