import { inTransaction, inVain } from '../../platform/db/transaction.ts';
import type { Locale } from '../../platform/i18n/locale.ts';
import type { Db, Transaction } from '../../platform/db/database.ts';
import { LinkInvalid } from '../errors.ts';
import type { Visit } from '../identity/browser.ts';
import { findLink, makeLink, useLink } from '../identity/account-links.ts';
import type { PasswordRules } from '../identity/password-policy.ts';
import { hashPassword } from '../identity/passwords.ts';
import { enqueueAddressMail, enqueueUserMail } from '../notifications/enqueue-user-mail.ts';
import { assertGoodPassword, storePassword } from './change-password.ts';
import { sealedLink } from './mail-link.ts';
import type { AccountServices } from './register.ts';

/**
 * Writes to somebody who forgot their password, with a link that lets them choose another; earlier links are worth
 * nothing. For an e-mail that is nobody's the same is done and taken back.
 */
export async function askForReset(
  { db, clock, sealing }: AccountServices,
  { email, locale, visit }: { email: string; locale: Locale; visit: Visit },
): Promise<void> {
  await inTransaction(db, async (trx) => {
    const user = await trx('users')
      .where({ email, disabled_at: null })
      .first<{ id: number; locale: Locale } | undefined>('id', 'locale');
    const token = await makeLink(trx, clock, { purpose: 'reset_password', userId: user?.id ?? null, email });
    const data = sealedLink(sealing, `/password-resets/${token}`);
    const write = (inner: Transaction) =>
      enqueueAddressMail(inner, clock, {
        kind: 'reset_password',
        recipient: email,
        locale: user?.locale ?? locale,
        userId: user?.id ?? null,
        visit,
        data,
      });
    if (user) await trx.transaction(write);
    else await inVain(trx, write);
  });
}

/** Whose password a link lets choose. @throws {LinkInvalid} also when the account has another e-mail meanwhile */
export async function findReset({ db, clock }: AccountServices, token: string) {
  const link = await findLink(db, clock, token, 'reset_password', 'welcome');
  await assertSameEmail(db, link);
  return link;
}

async function assertSameEmail(db: Db | Transaction, { userId, email }: { userId: number; email: string }) {
  if (!(await db('users').where({ id: userId, email }).first('id'))) throw new LinkInvalid();
}

/**
 * Stores the new password: all sessions end, no browser is remembered, and nobody is signed in by this; the second factor
 * stays.
 * @throws {LinkInvalid} @throws {PasswordWeak}, which leaves the link as it is
 */
export async function resetPassword(
  { db, clock }: AccountServices,
  { token, password, rules, visit }: { token: string; password: string; rules: PasswordRules; visit: Visit },
): Promise<void> {
  await assertGoodPassword(password, rules);
  const passwordHash = await hashPassword(password);
  await inTransaction(db, async (trx) => {
    const { userId, email } = await useLink(trx, clock, token, 'reset_password', 'welcome');
    await assertSameEmail(trx, { userId, email });
    await storePassword(trx, clock, { userId, passwordHash });
    // The link came to that address.
    await trx('users')
      .where({ id: userId, email, email_confirmed_at: null })
      .update({ email_confirmed_at: clock.now(), confirm_by: null });
    await enqueueUserMail(trx, clock, { userId, kind: 'password_changed', visit });
  });
}
