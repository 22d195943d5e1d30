import type { Clock } from '../../platform/clock.ts';
import type { Transaction } from '../../platform/db/database.ts';
import type { Locale } from '../../platform/i18n/locale.ts';
import type { Visit } from '../identity/browser.ts';
import type { AccountMessageKind, MessageData } from './messages.ts';

interface AccountMail {
  kind: AccountMessageKind;
  data?: MessageData;
  /** Where what the message reports was done. */
  visit?: Visit;
}

/**
 * Writes a message to a user about their account, in the transaction of what it reports; nobody can choose not to get it.
 */
export async function enqueueUserMail(
  trx: Transaction,
  clock: Clock,
  { userId, ...mail }: AccountMail & { userId: number },
): Promise<void> {
  const { email, locale } = await trx('users')
    .where({ id: userId })
    .first<{ email: string; locale: Locale }>('email', 'locale');
  await enqueueAddressMail(trx, clock, { ...mail, userId, recipient: email, locale });
}

/** Writes a message to an address: a new one of a user, or one that is nobody's yet. */
export async function enqueueAddressMail(
  trx: Transaction,
  clock: Clock,
  {
    recipient,
    locale,
    userId,
    kind,
    data = {},
    visit,
  }: AccountMail & { recipient: string; locale: Locale; userId: number | null },
): Promise<void> {
  const now = clock.now();
  await trx('mails').insert({
    customer_id: null,
    user_id: userId,
    kind,
    locale,
    recipient,
    data: JSON.stringify({ ...data, ...(visit && { at: now, address: visit.address, user_agent: visit.userAgent }) }),
    enqueued_at: now,
    due_at: now,
  });
}
