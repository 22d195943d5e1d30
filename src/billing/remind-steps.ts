import type { Day } from '../clock.ts';
import type { Transaction } from '../db/database.ts';
import { enqueueMails } from '../mail/enqueue-mail.ts';
import { Money } from '../money/money.ts';
import { cancellationDay, getBillingTerms, suspensionDay } from '../orders/billing-terms.ts';
import type { Category } from '../catalog/plan.ts';
import type { BillingStep } from './run.ts';

interface Ending {
  id: number;
  customer_id: number;
  plan: string;
  category: Category;
  hostname: string;
  paid_until: Day;
  price: string;
  currency: string;
  invoice_id: number | null;
  invoice_number: string | null;
}

/**
 * Rule B3: tells the customer once that a period ends, or has ended, with the days on which the order is suspended and
 * cancelled unless it is paid.
 * @param daysAfter of the run, after the paid-until date; below zero before it
 */
function remind(kind: 'before_5' | 'before_1' | 'after_1', daysAfter: number): BillingStep {
  // Who has auto-renewal was told five days before that it was paid, or why not.
  const told = kind === 'before_5' ? 'and not coalesce(o.auto_renewal, c.auto_renewal)' : '';
  const due = `o.status = 'active' and not o.ends_at_period and o.paid_until = cast(:day as date) - (${daysAfter}) ${told}
    and not exists (select from renewal_notices n where n.order_id = o.id and n.paid_until = o.paid_until and n.kind = '${kind}')`;
  return {
    name: kind,
    batch: 500,
    parallel: 2,
    async find(db, day) {
      const { rows } = await db.raw<{ rows: { id: number; customer_id: number }[] }>(
        `select o.id, o.customer_id from orders o join customers c on c.id = o.customer_id where ${due} order by o.id`,
        { day },
      );
      return rows.map(({ id, customer_id }) => ({ id, customerId: customer_id }));
    },
    async act(trx, { clock, day }, ids) {
      const ending = await listEnding(trx, due, day, ids);
      if (ending.length === 0) return [];
      const noted = await trx('renewal_notices')
        .insert(ending.map(({ id, paid_until }) => ({ order_id: id, paid_until, kind, at: clock.now() })))
        .onConflict(['order_id', 'paid_until', 'kind'])
        .ignore()
        .returning<{ order_id: number }[]>('order_id');
      const fresh = new Set(noted.map(({ order_id }) => order_id));
      const told = ending.filter(({ id }) => fresh.has(id));
      const terms = await getBillingTerms(trx);
      await enqueueMails(
        trx,
        clock,
        told.map((order) => ({
          customerId: order.customer_id,
          kind: 'reminder',
          data: {
            order: order.id,
            plan: order.plan,
            hostname: order.hostname,
            paid_until: order.paid_until,
            total: Money.of(order.price, order.currency),
            suspended_on: suspensionDay(order.paid_until, terms[order.category]),
            cancelled_on: cancellationDay(order.paid_until, terms[order.category]),
            ...(order.invoice_id
              ? { invoice: { id: order.invoice_id, number: order.invoice_number ?? '' } }
              : {}),
          },
        })),
      );
      return told.map(({ id, customer_id, invoice_id }) => ({
        action: 'reminded',
        customerId: customer_id,
        orderId: id,
        invoiceId: invoice_id,
      }));
    },
  };
}

async function listEnding(trx: Transaction, due: string, day: Day, ids: number[]): Promise<Ending[]> {
  const { rows } = await trx.raw<{ rows: Ending[] }>(
    `select o.id, o.customer_id, p.name as plan, p.category, o.hostname, o.paid_until, coalesce(i.total, o.price) as price, o.currency,
       i.id as invoice_id, i.number as invoice_number
     from orders o join plans p on p.id = o.plan_id join customers c on c.id = o.customer_id
     left join lateral (
       select i.id, i.number, i.total from invoice_lines l join invoices i on i.id = l.invoice_id
       where l.order_id = o.id and l.kind = 'renewal' and i.status = 'unpaid' limit 1
     ) i on true
     where o.id = any(:ids) and ${due} order by o.id`,
    { ids, day },
  );
  return rows;
}

export const reminders: BillingStep[] = [
  remind('before_5', -5),
  remind('before_1', -1),
  remind('after_1', 1),
];
