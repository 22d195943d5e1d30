import type { Clock } from '../../platform/clock.ts';
import { ADVISORY_LOCKS } from '../../platform/db/advisory-locks.ts';
import type { Db } from '../../platform/db/database.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import type { Locale } from '../../platform/i18n/locale.ts';
import { hashOf, newToken } from '../../platform/tokens.ts';
import { LinkInvalid } from '../errors.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { FIRST_NOTICES, saveStaffNotices } from '../desk/staff-notices.ts';
import { createUser } from '../identity/create-user.ts';
import type { PasswordRules } from '../identity/password-policy.ts';
import { hashPassword } from '../identity/passwords.ts';
import { assertGoodPassword } from '../accounts/change-password.ts';

/** Makes a token with which the first administrator is made; those of other processes stay good. */
export async function makeSetupToken(db: Db, clock: Clock): Promise<string> {
  const token = newToken();
  await db('setup_tokens').insert({ hash: hashOf(token), created_at: clock.now() });
  return token;
}

/** @throws {LinkInvalid} when the token is not one; all of them go when the first administrator is made */
export async function assertSetupToken(db: Db, token: string): Promise<void> {
  if (
    !(await db('setup_tokens')
      .where({ hash: hashOf(token) })
      .first('hash'))
  )
    throw new LinkInvalid();
}

/**
 * Makes the first administrator; the tokens are worth nothing afterwards, and of many attempts at the same moment one
 * succeeds.
 * @throws {LinkInvalid} @throws {PasswordWeak}
 */
export async function setUpAdministrator(
  db: Db,
  clock: Clock,
  {
    token,
    email,
    password,
    rules,
    locale,
  }: {
    token: string;
    email: string;
    password: string;
    rules: PasswordRules;
    locale: Locale;
  },
): Promise<{ userId: number; email: string }> {
  await assertSetupToken(db, token);
  await assertGoodPassword(password, rules);
  const passwordHash = await hashPassword(password);
  return inTransaction(db, async (trx) => {
    await trx.raw('select pg_advisory_xact_lock(?)', [ADVISORY_LOCKS.seed]);
    const used = await trx('setup_tokens')
      .where({ hash: hashOf(token) })
      .delete();
    if (used === 0 || (await trx('users').first('id'))) throw new LinkInvalid();
    await trx('setup_tokens').delete();
    const userId = await createUser(trx, clock, { email, passwordHash, locale, belongsTo: { staffRole: 'admin' } });
    await saveStaffNotices(trx, userId, FIRST_NOTICES);
    await recordAudit(trx, clock, { userId, action: 'staff.set_up', subject: { type: 'staff', id: email } });
    return { userId, email };
  });
}
