import type { Clock } from '../../platform/clock.ts';
import type { Transaction } from '../../platform/db/database.ts';
import { isAboutMoney, type MessageData, type MessageKind, MESSAGES } from './messages.ts';

export interface NewMail {
  customerId: number;
  kind: MessageKind;
  data: MessageData;
}

/**
 * Writes messages to each member of their customers who has chosen that kind, in the transaction of the event that they
 * report; the worker sends them once it has committed. Who does not see invoices gets nothing about money.
 */
export async function enqueueMails(trx: Transaction, clock: Clock, mails: NewMail[]): Promise<void> {
  if (mails.length === 0) return;
  const rows = mails.map(({ customerId, kind, data }) => ({
    customer_id: customerId,
    kind,
    about: MESSAGES[kind],
    money: isAboutMoney(kind),
    data,
  }));
  await trx.raw(
    `insert into mails (customer_id, user_id, kind, locale, recipient, data, enqueued_at, due_at)
     select m.customer_id, u.id, m.kind, u.locale, u.email, m.data, :now, :now
     from jsonb_to_recordset(cast(:rows as jsonb)) 
       as m (customer_id bigint, kind text, about text, money boolean, data jsonb)
     join memberships s on s.customer_id = m.customer_id and (m.about is null or m.about = any(s.notifications))
     join users u on u.id = s.user_id and u.disabled_at is null
     where s.role <> 'technical'
       or not m.money`,
    { now: clock.now(), rows: JSON.stringify(rows) },
  );
}

export const enqueueMail = (trx: Transaction, clock: Clock, mail: NewMail): Promise<void> =>
  enqueueMails(trx, clock, [mail]);
