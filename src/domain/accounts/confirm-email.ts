import type { Transaction } from '../../platform/db/database.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Locale } from '../../platform/i18n/locale.ts';
import { unlessTaken } from '../../platform/db/unique-violation.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { Forbidden, LinkInvalid, TooManyAttempts } from '../errors.ts';
import { isEmailTaken } from '../identity/email-taken.ts';
import type { Visit } from '../identity/browser.ts';
import { endLinks, makeLink, useLink } from '../identity/account-links.ts';
import { enqueueUserMail } from '../notifications/enqueue-user-mail.ts';
import { sealedLink } from './mail-link.ts';
import { tellFormerAddress } from './tell-former-address.ts';
import type { AccountServices } from './register.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const RESENT_A_DAY = 5;

/**
 * Sends the link that confirms an e-mail again: once a minute, five times a day.
 * @throws {TooManyAttempts}
 */
export async function sendConfirmationAgain(
  { db, clock, sealing }: AccountServices,
  { userId, email }: { userId: number; email: string },
): Promise<void> {
  await inTransaction(db, async (trx) => {
    // Their requests are counted one after the other.
    await trx('users').where({ id: userId }).forUpdate().first<{ id: number }>('id');
    await assertNotTooOften(trx, clock, userId);
    const token = await makeLink(trx, clock, { purpose: 'confirm_email', userId, email });
    const data = sealedLink(sealing, `/email-confirmations/${token}`);
    await enqueueUserMail(trx, clock, { userId, kind: 'confirm_email', data });
  });
}

async function assertNotTooOften(trx: Transaction, clock: Clock, userId: number) {
  const now = clock.now().getTime();
  const sent = await trx('account_links')
    .where({ user_id: userId, purpose: 'confirm_email' })
    .where('created_at', '>', new Date(now - DAY_MS))
    .orderBy('created_at')
    .pluck<Date[]>('created_at');
  const last = sent.at(-1)?.getTime() ?? 0;
  const oldest = sent[0]?.getTime() ?? now;
  // The first one came with the registration.
  const until = sent.length > RESENT_A_DAY ? oldest + DAY_MS : last + MINUTE_MS;
  if (until > now) throw new TooManyAttempts({ seconds: Math.ceil((until - now) / 1000) });
}

/**
 * Confirms the e-mail of a new account, or makes a new e-mail the own one of who is signed in; the old address is told,
 * with a way back.
 * @returns whose it is, and where they were going
 * @throws {LinkInvalid} @throws {Forbidden} for the change of somebody else's e-mail
 */
export async function confirmEmail(
  { db, clock, sealing }: AccountServices,
  { token, viewerId, visit }: { token: string; viewerId: number | null; visit: Visit },
): Promise<{ userId: number; next: string; isChange: boolean }> {
  return inTransaction(db, async (trx) => {
    const { purpose, userId, email, next } = await useLink(trx, clock, token, 'confirm_email', 'change_email');
    const isChange = purpose === 'change_email';
    // Whoever has the new mailbox has no account by that: it may be a mistyped one.
    if (isChange && viewerId !== userId) throw new Forbidden();
    const user = await trx('users')
      .where({ id: userId })
      .forUpdate()
      .first<{ email: string; locale: Locale; email_confirmed_at: Date | null }>(
        'email',
        'locale',
        'email_confirmed_at',
      );
    if (!isChange) {
      // The address was changed meanwhile: this one is confirmed for nobody.
      if (user.email.toLowerCase() !== email.toLowerCase()) throw new LinkInvalid();
      await trx('users').where({ id: userId }).update({ email_confirmed_at: clock.now(), confirm_by: null });
      return { userId, next, isChange };
    }
    if (await isEmailTaken(trx, clock, email, userId)) throw new LinkInvalid();
    await unlessTaken(
      trx('users').where({ id: userId }).update({ email, email_confirmed_at: clock.now(), confirm_by: null }),
      () => new LinkInvalid(),
    );
    // Whatever was asked for by way of the former address is over.
    await endLinks(trx, clock, userId);
    if (user.email_confirmed_at) await tellFormerAddress(trx, clock, sealing, { userId, before: user, email, visit });
    return { userId, next, isChange };
  });
}
