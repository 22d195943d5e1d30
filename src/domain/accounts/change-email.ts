import { randomUUID } from 'node:crypto';
import { unlessTaken } from '../../platform/db/unique-violation.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { EmailTaken } from '../errors.ts';
import type { Visit } from '../identity/browser.ts';
import { isEmailTaken } from '../identity/email-taken.ts';
import { makeLink, useLink } from '../identity/account-links.ts';
import { findSecondFactor, removeSecondFactor } from '../identity/second-factor.ts';
import { hashPassword } from '../identity/passwords.ts';
import type { Locale } from '../../platform/i18n/locale.ts';
import { enqueueAddressMail } from '../notifications/enqueue-user-mail.ts';
import { storePassword } from './change-password.ts';
import { sealedLink } from './mail-link.ts';
import type { AccountServices } from './register.ts';

/**
 * Asks for another e-mail: the new address has to be confirmed, and until then the old one counts. Where it is another
 * account's, its owner is told instead, and nobody else.
 */
export async function askForEmailChange(
  { db, clock, sealing }: AccountServices,
  { userId, email, locale, visit }: { userId: number; email: string; locale: Locale; visit: Visit },
): Promise<void> {
  await inTransaction(db, async (trx) => {
    const taken = await isEmailTaken(trx, clock, email, userId);
    const token = await makeLink(trx, clock, { purpose: 'change_email', userId, email });
    const data = sealedLink(sealing, taken ? '/login' : `/email-confirmations/${token}`);
    const kind = taken ? 'already_registered' : 'confirm_new_email';
    await enqueueAddressMail(trx, clock, {
      kind,
      recipient: email,
      locale,
      userId: taken ? null : userId,
      visit,
      data,
    });
  });
}

/**
 * Puts back the e-mail that an account had before: whoever changed it is signed out everywhere and knows the password no
 * more, and a second factor that was set up since is removed.
 * @returns the token with which the owner chooses a new password
 * @throws {LinkInvalid} @throws {EmailTaken}
 */
export async function takeEmailBack({ db, clock }: AccountServices, token: string): Promise<string> {
  const passwordHash = await hashPassword(randomUUID());
  return inTransaction(db, async (trx) => {
    const { id, userId, email, madeAt } = await useLink(trx, clock, token, 'return_email');
    await unlessTaken(
      trx('users').where({ id: userId }).update({ email, email_confirmed_at: clock.now() }),
      () => new EmailTaken(),
    );
    const factor = await findSecondFactor(trx, userId);
    if (factor && factor.since > madeAt) await removeSecondFactor(trx, userId);
    // Whoever had the account meanwhile takes nothing back: only links to earlier addresses still work.
    await trx('account_links')
      .where({ user_id: userId, purpose: 'return_email', used_at: null })
      .where('id', '>', id)
      .update({ used_at: clock.now() });
    await trx('factor_removals')
      .where({ user_id: userId, stopped_at: null, done_at: null })
      .update({ stopped_at: clock.now() });
    await storePassword(trx, clock, { userId, passwordHash });
    return makeLink(trx, clock, { purpose: 'reset_password', userId, email });
  });
}
