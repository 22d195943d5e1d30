import type { Day } from '../../../platform/clock.ts';
import type { Transaction } from '../../../platform/db/database.ts';
import { Money } from '../../money/money.ts';
import { enqueueMails } from '../../notifications/enqueue-mail.ts';
import { LINE_UNPAID } from '../../invoices/unpaid-queries.ts';
import { loadCatalog } from '../../catalog/category-queries.ts';
import { cancellationDay, SUSPENSION_DAY } from '../../orders/billing-terms.ts';
import { recordOrderEvents } from '../../orders/record-order-event.ts';
import { type BillingStep, findOrders, NOT_LEFT_OUT, WITH_TERMS } from './step.ts';

const OVER = `o.status = 'active'
  and not o.ends_at_period
  and o.paid_until < :day
  and ${NOT_LEFT_OUT}
  and ${SUSPENSION_DAY} <= :day`;

/**
 * Rule B4: orders whose grace period is over are suspended, all in one statement. It looks again at each row it has
 * locked, so that an order that is paid at the same moment is not suspended.
 */
export const suspendUnpaid: BillingStep = {
  action: 'suspended',
  batch: 500,
  parallel: 2,
  find: findOrders(OVER, { joined: WITH_TERMS }),
  async act(trx, { clock, day }, ids) {
    await trx('orders').whereRaw('id = any(?)', [ids]).orderBy('id').forUpdate().select('id');
    const { rows } = await trx.raw<{
      rows: {
        id: number;
        customer_id: number;
        plan: string;
        category: string;
        hostname: string;
        paid_until: Day;
      }[];
    }>(
      `update orders o
       set status = 'suspended', suspended_for = 'non_payment', suspended_on = :day
       from plans p
       join categories b on b.code = p.category
       where o.id = any(:ids)
         and p.id = o.plan_id
         and ${OVER}
       returning o.id, o.customer_id, p.name as plan, p.category, o.hostname, o.paid_until`,
      { ids, day },
    );
    if (rows.length === 0) return [];
    await recordOrderEvents(
      trx,
      clock,
      rows.map(({ id, customer_id }) => ({
        orderId: id,
        customerId: customer_id,
        kind: 'suspended',
        details: { reason: 'non_payment' },
      })),
    );
    const open = await mapOpenRenewals(
      trx,
      rows.map(({ id }) => id),
    );
    const catalog = await loadCatalog(trx);
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
          cancelled_on: cancellationDay(order.paid_until, catalog.get(order.category), day),
          ...open.get(order.id),
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

/** The open renewal of each order that has one: what it takes to bring it back. */
async function mapOpenRenewals(trx: Transaction, orderIds: number[]) {
  const { rows } = await trx.raw<{
    rows: { order_id: number; id: number; number: string; total: string; currency: string }[];
  }>(
    `select distinct on (l.order_id) l.order_id, i.id, i.number, i.total, i.currency
     from invoice_lines l
     join invoices i on i.id = l.invoice_id
     where l.order_id = any(:orderIds)
       and l.kind = 'renewal'
       and ${LINE_UNPAID}
     order by l.order_id, i.id`,
    { orderIds },
  );
  return new Map(
    rows.map(({ order_id, id, number, total, currency }) => [
      order_id,
      { invoice: { id, number }, total: Money.of(total, currency) },
    ]),
  );
}
