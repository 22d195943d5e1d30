import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import type { Locale } from '../../platform/i18n/locale.ts';
import { TooManyMessages } from '../errors.ts';
import type { MessageData } from './messages.ts';

/** How many messages somebody may send in an hour. */
const MOST_AN_HOUR = 5;

export interface SupportMessage {
  customerId: number;
  userId: number;
  locale: Locale;
  /** Whom the message is from. */
  name: string;
  email: string;
  text: string;
  /** What it is about. */
  order?: { id: number; plan: string; hostname: string };
  invoice?: { id: number; number: string };
}

/**
 * Writes a customer's message to the support address, with a copy to its sender; the worker sends both.
 * @throws {TooManyMessages}
 */
export async function writeToSupport(
  db: Db,
  clock: Clock,
  supportEmail: string,
  message: SupportMessage,
): Promise<void> {
  const { customerId, userId, locale, name, email, text, order, invoice } = message;
  const now = clock.now();
  const about: MessageData = {
    ...(order && { order: order.id, plan: order.plan, hostname: order.hostname }),
    ...(invoice && { invoice }),
  };
  const data: MessageData = { ...about, message: text, sender: name, customer: customerId, reply_to: email };
  await inTransaction(db, async (trx) => {
    // Their messages are counted one after the other.
    await trx('users').where({ id: userId }).forUpdate().first('id');
    const sent = await trx('mails')
      .where({ user_id: userId, kind: 'support_request' })
      .where('enqueued_at', '>', new Date(now.getTime() - 3_600_000))
      .pluck<number[]>('id');
    if (sent.length >= MOST_AN_HOUR) throw new TooManyMessages({ most: MOST_AN_HOUR });
    const row = { customer_id: customerId, user_id: userId, locale, enqueued_at: now, due_at: now };
    await trx('mails').insert([
      { ...row, kind: 'support_request', recipient: supportEmail, data: JSON.stringify(data) },
      { ...row, kind: 'support_copy', recipient: email, data: JSON.stringify({ ...about, message: text }) },
    ]);
  });
}
