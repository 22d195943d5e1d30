import type { Day } from '../../../platform/clock.ts';
import type { Transaction } from '../../../platform/db/database.ts';
import { Money } from '../../money/money.ts';
import type { Category } from '../../catalog/plan.ts';
import { enqueueMails } from '../../notifications/enqueue-mail.ts';
import type { MessageKind } from '../../notifications/messages.ts';
import {
  cancellationDay,
  getBillingTerms,
  RENEWAL_DAYS_BEFORE,
  SUSPENSION_DAY,
  suspensionDay,
} from '../../orders/billing-terms.ts';
import { openRenewalOf } from '../../renewals/open-renewals.ts';
import { type NoticeKind, recordNoticesOnce } from './record-notices-once.ts';
import { type BillingStep, findOrders } from './step.ts';

interface Ending {
  orderId: number;
  customerId: number;
  plan: string;
  category: Category;
  hostname: string;
  paidUntil: Day;
  price: string;
  currency: string;
  invoiceId: number | null;
  invoiceNumber: string | null;
}

/**
 * Rule B3: tells the customer once that a period ends, or has ended, with the days on which the order is suspended and
 * cancelled unless it is paid.
 * @param days from the paid-until date, below zero before it: from the first it is due, until the last it still makes sense
 */
function remind(kind: NoticeKind, message: MessageKind, [from, to]: [number, number]): BillingStep {
  // Who was told on this day that auto-renewal failed has heard all of it.
  const told = kind === 'before_5' ? `'before_5', 'renewal_failed', 'renewal_blocked'` : `'${kind}'`;
  // What is suspended on this very day is told that.
  const running =
    kind === 'after_1'
      ? `and :day < (select ${SUSPENSION_DAY} from plans p join billing_terms b on b.category = p.category
        where p.id = o.plan_id)`
      : '';
  const due = `o.status = 'active' and not o.ends_at_period and cast(:day as date) between o.paid_until + (${from})
    and o.paid_until + (${to}) ${running}
    and not exists (select from renewal_notices n where n.order_id = o.id and n.paid_until = o.paid_until
      and n.kind in (${told}))`;
  return {
    action: 'reminded',
    batch: 500,
    parallel: 2,
    find: findOrders(due),
    async act(trx, { clock, day }, ids) {
      const told = await recordNoticesOnce(trx, clock, kind, await listEnding(trx, due, day, ids));
      const terms = await getBillingTerms(trx);
      await enqueueMails(
        trx,
        clock,
        told.map(({ orderId, customerId, paidUntil, ...order }) => ({
          customerId,
          kind: message,
          data: {
            order: orderId,
            plan: order.plan,
            hostname: order.hostname,
            paid_until: paidUntil,
            total: Money.of(order.price, order.currency),
            suspended_on: suspensionDay(paidUntil, terms[order.category]),
            cancelled_on: cancellationDay(paidUntil, terms[order.category]),
            ...(order.invoiceId === null
              ? {}
              : { invoice: { id: order.invoiceId, number: order.invoiceNumber ?? '' } }),
          },
        })),
      );
      return told.map(({ orderId, customerId, invoiceId }) => ({
        action: 'reminded',
        customerId,
        orderId,
        invoiceId,
      }));
    },
  };
}

/**
 * With what renewing costs: the order's own lines of an open renewal, which may be for others too, or its own price.
 */
async function listEnding(trx: Transaction, due: string, day: Day, ids: number[]): Promise<Ending[]> {
  const { rows } = await trx.raw<{ rows: Ending[] }>(
    `select o.id as "orderId", o.customer_id as "customerId", p.name as plan, p.category, o.hostname,
      o.paid_until as "paidUntil",
       coalesce((select sum(amount) from invoice_lines where invoice_id = i.id and order_id = o.id), o.price) as price,
       o.currency,
       i.id as "invoiceId", i.number as "invoiceNumber"
     from orders o join plans p on p.id = o.plan_id
     left join lateral (
       ${openRenewalOf('o.id')}
     ) i on true
     where o.id = any(:ids) and ${due} order by o.id`,
    { ids, day },
  );
  return rows;
}

/** Of any category: what the table of billing terms allows. */
const MOST_GRACE_DAYS = 90;

/** In the order of a period. */
export const reminders: BillingStep[] = [
  remind('before_5', 'reminder', [-RENEWAL_DAYS_BEFORE, -2]),
  remind('before_1', 'reminder', [-1, 0]),
  remind('after_1', 'overdue', [1, MOST_GRACE_DAYS]),
];
