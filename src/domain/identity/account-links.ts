import type { Clock } from '../../platform/clock.ts';
import type { Db, Transaction } from '../../platform/db/database.ts';
import { hashOf, newToken } from '../../platform/tokens.ts';
import { LinkInvalid } from '../errors.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** What a link in mail is for, and for how long it works, in milliseconds. */
const VALID_FOR = {
  confirm_email: DAY,
  reset_password: 30 * MINUTE,
  change_email: DAY,
  /** Lets somebody choose a password whom staff have opened an account for. */
  welcome: 7 * DAY,
  /** Puts back the e-mail that an account had before. */
  return_email: 7 * DAY,
} as const;
export type LinkPurpose = keyof typeof VALID_FOR;

export interface AccountLink {
  purpose: LinkPurpose;
  /** Null for an e-mail that is nobody's. */
  userId: number | null;
  email: string;
  next: string;
}

/** Makes a link, whose token is known to nobody but its caller; earlier ones for the same are worth nothing. */
export async function makeLink(
  trx: Transaction,
  clock: Clock,
  { purpose, userId, email, next = '' }: Omit<AccountLink, 'next'> & { next?: string },
): Promise<string> {
  const token = newToken();
  const now = clock.now();
  // The link that puts an e-mail back outlives what is done afterwards: that may not have been the owner.
  if (purpose !== 'return_email')
    await trx('account_links').where({ user_id: userId, purpose, used_at: null }).update({ used_at: now });
  await trx('account_links').insert({
    purpose,
    hash: hashOf(token),
    user_id: userId,
    email,
    next,
    created_at: now,
    expires_at: new Date(now.getTime() + VALID_FOR[purpose]),
  });
  return token;
}

interface LinkRow {
  id: number;
  purpose: LinkPurpose;
  user_id: number;
  email: string;
  next: string;
  created_at: Date;
}

const toLink = (row: LinkRow): AccountLink & { id: number; userId: number; madeAt: Date } => ({
  id: row.id,
  purpose: row.purpose,
  userId: row.user_id,
  email: row.email,
  next: row.next,
  madeAt: row.created_at,
});

const working = (db: Db | Transaction, clock: Clock, token: string, purposes: LinkPurpose[]) =>
  db('account_links')
    .where({ hash: hashOf(token), used_at: null })
    .whereIn('purpose', purposes)
    .whereNotNull('user_id')
    .where('expires_at', '>', clock.now());

/** What a link would do; looking at it uses nothing up. @throws {LinkInvalid} */
export async function findLink(db: Db, clock: Clock, token: string, ...purposes: LinkPurpose[]) {
  const row = await working(db, clock, token, purposes).first<LinkRow | undefined>();
  if (!row) throw new LinkInvalid();
  return toLink(row);
}

/** Uses a link up: of the same one used many times at once, one works. @throws {LinkInvalid} */
export async function useLink(trx: Transaction, clock: Clock, token: string, ...purposes: LinkPurpose[]) {
  const rows = await working(trx, clock, token, purposes)
    .update({ used_at: clock.now() })
    .returning<LinkRow[]>(['id', 'purpose', 'user_id', 'email', 'next', 'created_at']);
  const [row] = rows;
  if (!row) throw new LinkInvalid();
  return toLink(row);
}

/** Ends the links of a user, but for those that put a former e-mail back. */
export async function endLinks(trx: Transaction, clock: Clock, userId: number): Promise<void> {
  await trx('account_links')
    .where({ user_id: userId, used_at: null })
    .whereNot({ purpose: 'return_email' })
    .update({ used_at: clock.now() });
}

/** Days for which links that do not work any more are kept. */
const KEPT_DAYS = 30;

/** Forgets links that have not worked for a while. */
export async function forgetOldLinks(db: Db, clock: Clock): Promise<void> {
  await db('account_links')
    .where('expires_at', '<', new Date(clock.now().getTime() - KEPT_DAYS * DAY))
    .delete();
}
