import type { Clock } from '../../platform/clock.ts';
import type { Transaction } from '../../platform/db/database.ts';
import { isAboutMoney, type MessageData, type MessageKind, MESSAGES } from './messages.ts';

/** What addresses get that are there for invoices only. */
const TO_BILLING_CONTACTS: readonly MessageKind[] = ['order_placed', 'invoice_issued'];

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
    `with rows as (
       select *
       from jsonb_to_recordset(cast(:rows as jsonb)) as r (customer_id bigint, kind text, about text, money boolean, data jsonb)
     )
     insert into mails (customer_id, user_id, kind, locale, recipient, data, enqueued_at, due_at)
     select m.customer_id, u.id, m.kind, u.locale, u.email, m.data, cast(:now as timestamptz), cast(:now as timestamptz)
     from rows m
     join memberships s on s.customer_id = m.customer_id and (m.about is null or m.about = any(s.notifications))
     join users u on u.id = s.user_id and u.disabled_at is null
     where s.role <> 'technical'
       or 'top-ups' = any(s.rights)
       or not m.money
     union all
     select m.customer_id, null, m.kind, b.locale, b.email, m.data, :now, :now
     from rows m
     join billing_contacts b on b.customer_id = m.customer_id
     where m.kind = any(:toContacts)
       and not exists (
         select
         from memberships s
         join users u on u.id = s.user_id
         where s.customer_id = b.customer_id
           and u.email = b.email
       )`,
    { now: clock.now(), rows: JSON.stringify(rows), toContacts: [...TO_BILLING_CONTACTS] },
  );
}

export const enqueueMail = (trx: Transaction, clock: Clock, mail: NewMail): Promise<void> =>
  enqueueMails(trx, clock, [mail]);
