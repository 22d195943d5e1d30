import type { Category } from '../catalog/plan.ts';
import type { Day } from '../clock.ts';
import { enqueueMails } from '../mail/enqueue-mail.ts';
import { cancellationDay, getBillingTerms } from '../orders/billing-terms.ts';
import type { BillingStep } from './run.ts';

const OVER = `o.status = 'active' and not o.ends_at_period and o.paid_until + b.grace_days < :day`;

/**
 * Rule B4: orders whose grace period is over are suspended, all in one statement. It looks again at each row it has locked, so
 * that an order that is paid at the same moment is not suspended.
 */
export const suspendUnpaid: BillingStep = {
  name: 'suspended',
  batch: 500,
  parallel: 2,
  async find(db, day) {
    const { rows } = await db.raw<{ rows: { id: number; customer_id: number }[] }>(
      `select o.id, o.customer_id from orders o join plans p on p.id = o.plan_id join billing_terms b on b.category = p.category
       where ${OVER} order by o.id`,
      { day },
    );
    return rows.map(({ id, customer_id }) => ({ id, customerId: customer_id }));
  },
  async act(trx, { clock, day }, ids) {
    await trx('orders').whereIn('id', ids).orderBy('id').forUpdate().select('id');
    const { rows } = await trx.raw<{
      rows: {
        id: number;
        customer_id: number;
        plan: string;
        category: Category;
        hostname: string;
        paid_until: Day;
      }[];
    }>(
      `update orders o set status = 'suspended', suspended_for = 'non_payment'
       from plans p join billing_terms b on b.category = p.category
       where o.id = any(:ids) and p.id = o.plan_id and ${OVER}
       returning o.id, o.customer_id, p.name as plan, p.category, o.hostname, o.paid_until`,
      { ids, day },
    );
    if (rows.length === 0) return [];
    await trx('order_events').insert(
      rows.map(({ id, customer_id }) => ({
        order_id: id,
        customer_id,
        kind: 'suspended',
        details: JSON.stringify({ reason: 'non_payment' }),
        at: clock.now(),
      })),
    );
    const terms = await getBillingTerms(trx);
    await enqueueMails(
      trx,
      clock,
      rows.map((order) => ({
        customerId: order.customer_id,
        kind: 'suspended',
        data: {
          order: order.id,
          plan: order.plan,
          hostname: order.hostname,
          reason: 'non_payment',
          paid_until: order.paid_until,
          cancelled_on: cancellationDay(order.paid_until, terms[order.category]),
        },
      })),
    );
    return rows.map(({ id, customer_id }) => ({
      action: 'suspended',
      customerId: customer_id,
      orderId: id,
      invoiceId: null,
    }));
  },
};
