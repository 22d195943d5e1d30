import type { Clock } from '../../platform/clock.ts';
import type { Db, Transaction } from '../../platform/db/database.ts';
import { unlessTaken } from '../../platform/db/unique-violation.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import type { Locale } from '../../platform/i18n/locale.ts';
import { EmailTaken, NotFound } from '../errors.ts';
import { type AuditEntry, recordAudit } from '../audit/record-audit.ts';
import { endLinks, makeLink } from '../identity/account-links.ts';
import { isEmailTaken } from '../identity/email-taken.ts';
import { endSessions } from '../identity/sessions.ts';
import type { SignInThrottle } from '../identity/sign-in-throttle.ts';
import { enqueueUserMail } from '../notifications/enqueue-user-mail.ts';
import { sealedLink } from '../accounts/mail-link.ts';
import { tellFormerAddress } from '../accounts/tell-former-address.ts';
import type { AccountServices } from '../accounts/register.ts';

/** A member of a customer whom staff do something for, who does it, and why. */
export interface AccessChange {
  by: number;
  customerId: number;
  userId: number;
  reason: string;
}

/** @throws {NotFound} where the user is no member of the customer */
async function lockUser(trx: Transaction, { customerId, userId }: AccessChange) {
  const row = await trx('users as u')
    .join('memberships as m', 'm.user_id', 'u.id')
    .where({ 'u.id': userId, 'm.customer_id': customerId })
    .forUpdate('u')
    .first<{ email: string; locale: Locale; email_confirmed_at: Date | null } | undefined>(
      'u.email',
      'u.locale',
      'u.email_confirmed_at',
    );
  if (!row) throw new NotFound();
  return row;
}

const audited = (
  trx: Transaction,
  clock: Clock,
  { by, customerId, userId, reason }: AccessChange,
  action: AuditEntry['action'],
  details: Record<string, unknown> = {},
) =>
  recordAudit(trx, clock, {
    userId: by,
    action,
    subject: { type: 'customer', id: String(customerId) },
    customerId,
    reason,
    details: { user: userId, ...details },
  });

/**
 * Corrects the e-mail of a member: all their sessions end, and the new address has to be confirmed. The former one is
 * told and can take it back, if it was ever confirmed; a mistyped one is a stranger's.
 * @throws {NotFound} @throws {EmailTaken}
 */
export async function correctEmail(
  { db, clock, sealing }: AccountServices,
  change: AccessChange,
  email: string,
): Promise<void> {
  const { userId } = change;
  await inTransaction(db, async (trx) => {
    const before = await lockUser(trx, change);
    if (before.email.toLowerCase() === email.toLowerCase()) return;
    if (await isEmailTaken(trx, clock, email, userId)) throw new EmailTaken();
    await unlessTaken(
      trx('users').where({ id: userId }).update({ email, email_confirmed_at: null }),
      () => new EmailTaken(),
    );
    await endLinks(trx, clock, userId);
    await endSessions(trx, { userId });
    if (before.email_confirmed_at) await tellFormerAddress(trx, clock, sealing, { userId, before, email });
    const token = await makeLink(trx, clock, { purpose: 'confirm_email', userId, email });
    const data = sealedLink(sealing, `/email-confirmations/${token}`);
    await enqueueUserMail(trx, clock, { userId, kind: 'confirm_email', data });
    await audited(trx, clock, change, 'customer.email_changed', { before: before.email, after: email });
  });
}

/** Sends a member the link that lets them choose a new password; nobody else sees or chooses it. @throws {NotFound} */
export async function sendReset({ db, clock, sealing }: AccountServices, change: AccessChange): Promise<void> {
  const { userId } = change;
  await inTransaction(db, async (trx) => {
    const { email } = await lockUser(trx, change);
    const token = await makeLink(trx, clock, { purpose: 'reset_password', userId, email });
    const data = sealedLink(sealing, `/password-resets/${token}`);
    await enqueueUserMail(trx, clock, { userId, kind: 'reset_password', data });
    await audited(trx, clock, change, 'customer.reset_sent');
  });
}

/** Forgets a member's wrong attempts, but those from one place, which wait a minute at most. @throws {NotFound} */
export async function unlock(db: Db, clock: Clock, throttle: SignInThrottle, change: AccessChange): Promise<void> {
  const email = await inTransaction(db, async (trx) => {
    const user = await lockUser(trx, change);
    await audited(trx, clock, change, 'customer.unlocked');
    return user.email;
  });
  await throttle.forgive({ email, userId: change.userId });
}

/** Ends a member's sessions. @throws {NotFound} */
export async function endSessionsOf(db: Db, clock: Clock, change: AccessChange): Promise<void> {
  await inTransaction(db, async (trx) => {
    await lockUser(trx, change);
    const ended = await endSessions(trx, { userId: change.userId });
    await audited(trx, clock, change, 'customer.sessions_ended', { ended });
  });
}
