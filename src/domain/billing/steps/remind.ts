import type { Day } from '../../../platform/clock.ts';
import type { Transaction } from '../../../platform/db/database.ts';
import { Money } from '../../money/money.ts';
import { enqueueMails, type NewMail } from '../../notifications/enqueue-mail.ts';
import type { MessageKind } from '../../notifications/messages.ts';
import { cancellationDay, SUSPENSION_DAY, suspensionDay } from '../../orders/billing-terms.ts';
import { loadCatalog } from '../../catalog/category-queries.ts';
import type { Catalog } from '../../catalog/category.ts';
import { openRenewalOf } from '../../renewals/open-renewals.ts';
import { type NoticeKind, recordNoticesOnce } from './record-notices-once.ts';
import { type BillingStep, findOrders, NOT_LEFT_OUT, WITH_TERMS } from './step.ts';

interface Reminder {
  notice: NoticeKind;
  message: MessageKind;
  /** SQL: on which days it is due, of `orders as o`, `categories as b` and `:day`. */
  condition: string;
  /** Notices of the same period that stand in for it. */
  countsAs: NoticeKind[];
}

/** From so many days before the paid-until date to so many before it. */
const fromTo = (first: string, last: string) =>
  `cast(:day as date) between o.paid_until - ${first} and o.paid_until - ${last}`;

/** In the order of a period: each from the first day it is due to the last on which it still makes sense. */
const REMINDERS: Reminder[] = [
  {
    notice: 'before_5',
    message: 'reminder',
    condition: fromTo('b.invoice_days', '(b.remind_days + 1)'),
    // The message about a failed auto-renewal contains all that this one would.
    countsAs: ['before_5', 'renewal_failed', 'renewal_blocked'],
  },
  { notice: 'before_1', message: 'reminder', condition: fromTo('b.remind_days', '0'), countsAs: ['before_1'] },
  {
    notice: 'after_1',
    message: 'overdue',
    // On the day of its suspension an order gets the message about that instead.
    condition: `o.paid_until < :day and :day < ${SUSPENSION_DAY}`,
    countsAs: ['after_1'],
  },
];

/**
 * Rule B3: notifies the customer once that a period ends, or has ended, with the days on which the order is suspended
 * and cancelled unless it is paid.
 */
export const reminders: BillingStep[] = REMINDERS.map((reminder) => {
  const due = dueFor(reminder);
  return {
    action: 'reminded',
    batch: 500,
    parallel: 2,
    find: findOrders(due, { joined: WITH_TERMS }),
    async act(trx, { clock, day }, ids) {
      const ending = await listEnding(trx, due, day, ids);
      const reminded = await recordNoticesOnce(trx, clock, reminder.notice, ending);
      const catalog = await loadCatalog(trx);
      await enqueueMails(
        trx,
        clock,
        reminded.map((order) => reminderMail(reminder.message, order, catalog)),
      );
      return reminded.map(({ orderId, customerId, invoiceId }) => ({
        action: 'reminded',
        customerId,
        orderId,
        invoiceId,
      }));
    },
  };
});

function dueFor({ condition, countsAs }: Reminder): string {
  const notices = countsAs.map((notice) => `'${notice}'`).join(', ');
  return `o.status = 'active'
    and not o.ends_at_period
    and ${NOT_LEFT_OUT}
    and ${condition}
    and not exists (
      select
      from renewal_notices n
      where n.order_id = o.id
        and n.paid_until = o.paid_until
        and n.kind in (${notices})
    )`;
}

interface EndingOrder {
  orderId: number;
  customerId: number;
  plan: string;
  category: string;
  hostname: string;
  paidUntil: Day;
  price: string;
  currency: string;
  invoiceId: number | null;
  invoiceNumber: string | null;
}

/**
 * With what renewing costs: the order's own lines of an open renewal, which may be for others too, or its own price.
 */
async function listEnding(trx: Transaction, due: string, day: Day, ids: number[]): Promise<EndingOrder[]> {
  const { rows } = await trx.raw<{ rows: EndingOrder[] }>(
    `select o.id as "orderId", o.customer_id as "customerId", p.name as plan, p.category, o.hostname,
       o.paid_until as "paidUntil", o.currency, i.id as "invoiceId", i.number as "invoiceNumber",
       coalesce(
         (
           select sum(amount)
           from invoice_lines
           where invoice_id = i.id
             and order_id = o.id
         ),
         o.price
       ) as price
     from orders o
     ${WITH_TERMS}
     left join lateral (
       ${openRenewalOf('o.id')}
     ) i on true
     where o.id = any(:ids)
       and ${due}
     order by o.id`,
    { ids, day },
  );
  return rows;
}

function reminderMail(kind: MessageKind, order: EndingOrder, catalog: Catalog): NewMail {
  const { customerId, orderId, paidUntil, category, invoiceId, invoiceNumber } = order;
  return {
    customerId,
    kind,
    data: {
      order: orderId,
      plan: order.plan,
      hostname: order.hostname,
      paid_until: paidUntil,
      total: Money.of(order.price, order.currency),
      suspended_on: suspensionDay(paidUntil, catalog.get(category)),
      cancelled_on: cancellationDay(paidUntil, catalog.get(category)),
      invoice: invoiceId === null || invoiceNumber === null ? undefined : { id: invoiceId, number: invoiceNumber },
    },
  };
}
