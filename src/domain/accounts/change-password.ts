import type { Clock } from '../../platform/clock.ts';
import type { Db, Transaction } from '../../platform/db/database.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { PasswordUnchanged, PasswordWeak } from '../errors.ts';
import { endLinks } from '../identity/account-links.ts';
import type { Visit } from '../identity/browser.ts';
import { judgePassword, type PasswordRules } from '../identity/password-policy.ts';
import { hashPassword, verifyPassword } from '../identity/passwords.ts';
import { forgetBrowsers } from '../identity/remembered-browsers.ts';
import { endSessions } from '../identity/sessions.ts';
import { findCredentialsOf } from '../identity/user-queries.ts';
import { enqueueUserMail } from '../notifications/enqueue-user-mail.ts';

export interface PasswordChange {
  userId: number;
  password: string;
  rules: PasswordRules;
  /** The session that goes on; all others end. */
  sessionId: number | undefined;
  visit: Visit;
}

/**
 * Stores a new password of somebody who has shown the old one, ends all their other sessions, and writes to them.
 * @throws {PasswordWeak} @throws {PasswordUnchanged}
 */
export async function changePassword(db: Db, clock: Clock, change: PasswordChange): Promise<void> {
  const { userId, password, rules, sessionId, visit } = change;
  await assertGoodPassword(password, rules);
  const credentials = await findCredentialsOf(db, userId);
  if (await verifyPassword(password, credentials?.passwordHash ?? null)) throw new PasswordUnchanged();
  const passwordHash = await hashPassword(password);
  await inTransaction(db, async (trx) => {
    await storePassword(trx, clock, { userId, passwordHash, sessionId });
    await enqueueUserMail(trx, clock, { userId, kind: 'password_changed', visit });
  });
}

/** @throws {PasswordWeak} with the reason */
export async function assertGoodPassword(password: string, rules: PasswordRules): Promise<void> {
  const fault = await judgePassword(password, rules);
  if (fault) throw new PasswordWeak({ fault, minimum: rules.minimum });
}

/**
 * A password of a user that is new: whoever knew the old one is signed out, no browser is remembered, and what was asked
 * for under it is over.
 */
export async function storePassword(
  trx: Transaction,
  clock: Clock,
  { userId, passwordHash, sessionId }: { userId: number; passwordHash: string; sessionId?: number | undefined },
): Promise<void> {
  await trx('users').where({ id: userId }).update({ password_hash: passwordHash, password_changed_at: clock.now() });
  await endSessions(trx, { userId, except: sessionId });
  await forgetBrowsers(trx, userId);
  await endLinks(trx, clock, userId);
}
