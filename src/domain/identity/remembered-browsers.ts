import type { Clock } from '../../platform/clock.ts';
import type { Db, Transaction } from '../../platform/db/database.ts';
import { hashOf, newToken } from '../../platform/tokens.ts';
import { NotFound } from '../errors.ts';
import type { Visit } from './browser.ts';

/** Milliseconds that a browser is remembered. */
export const REMEMBERED_FOR = 30 * 86_400_000;

/** A browser in which a user is not asked for the code. */
export interface RememberedBrowser extends Visit {
  id: number;
  createdAt: Date;
  expiresAt: Date;
}

/** Remembers a browser. @returns the value of its cookie */
export async function rememberBrowser(
  db: Db,
  clock: Clock,
  { userId, visit }: { userId: number; visit: Visit },
): Promise<string> {
  const token = newToken();
  const now = clock.now();
  await db('remembered_browsers').insert({
    user_id: userId,
    hash: hashOf(token),
    created_at: now,
    expires_at: new Date(now.getTime() + REMEMBERED_FOR),
    address: visit.address || null,
    user_agent: visit.userAgent,
  });
  return token;
}

/** Whether a cookie is that of a browser which the user had remembered. */
export async function isRemembered(
  db: Db,
  clock: Clock,
  { userId, token }: { userId: number; token: string },
): Promise<boolean> {
  const row = await db('remembered_browsers')
    .where({ user_id: userId, hash: hashOf(token) })
    .where('expires_at', '>', clock.now())
    .first('id');
  return row !== undefined;
}

/** The browsers that are remembered for a user, the newest first. */
export async function listRememberedBrowsers(db: Db, clock: Clock, userId: number): Promise<RememberedBrowser[]> {
  const rows = await db('remembered_browsers')
    .where({ user_id: userId })
    .where('expires_at', '>', clock.now())
    .orderBy('id', 'desc')
    .select('id', 'created_at', 'expires_at', db.raw('host(address) as address'), 'user_agent');
  return rows.map((row) => ({
    id: row.id,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    address: row.address ?? '',
    userAgent: row.user_agent,
  }));
}

/** Forgets one. @throws {NotFound} when it is not theirs */
export async function forgetBrowser(db: Db, { userId, id }: { userId: number; id: number }): Promise<void> {
  if ((await db('remembered_browsers').where({ user_id: userId, id }).delete()) === 0) throw new NotFound();
}

/** Forgets all of a user. */
export async function forgetBrowsers(trx: Transaction, userId: number): Promise<void> {
  await trx('remembered_browsers').where({ user_id: userId }).delete();
}
