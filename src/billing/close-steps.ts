import { cancelInvoice, lockInvoices } from '../invoices/settle-invoice.ts';
import { cancelOrder } from '../orders/cancel-order.ts';
import { cancelUnpaidInvoiceWithin } from '../payments/cancel-unpaid-invoice.ts';
import { lockOrderWithInvoices } from '../payments/lock-order-with-invoices.ts';
import type { Transaction } from '../db/database.ts';
import type { BillingAction, BillingItem, BillingStep, Candidate, StepContext } from './run.ts';

interface OverdueRow {
  id: number;
  customer_id: number;
}

const candidates = (rows: OverdueRow[]): Candidate[] =>
  rows.map(({ id, customer_id }) => ({ id, customerId: customer_id }));

/** Rule B5: invoices of new orders that were not paid in time are cancelled with their orders. */
export const giveUpUnpaidOrders: BillingStep = {
  name: 'given_up',
  batch: 20,
  parallel: 1,
  async find(db, day) {
    const { rows } = await db.raw<{ rows: OverdueRow[] }>(
      `select i.id, i.customer_id from invoices i where i.status = 'unpaid' and i.kind = 'service' and i.due_on < :day
         and exists (select from invoice_lines where invoice_id = i.id and kind = 'new_order') order by i.id`,
      { day },
    );
    return candidates(rows);
  },
  async act(trx, { clock }, ids) {
    const items: BillingItem[] = [];
    for (const { id, customerId } of await stillUnpaid(trx, ids)) {
      const orders = await cancelUnpaidInvoiceWithin(trx, clock, { customerId, userId: null, invoiceId: id });
      items.push(
        ...orders.map((orderId) => ({ action: 'given_up' as const, customerId, orderId, invoiceId: id })),
      );
    }
    return items;
  },
};

/** Upgrades that were not paid in time (rule O8); the order stays on its plan. */
export const dropUnpaidUpgrades: BillingStep = {
  name: 'upgrade_lapsed',
  batch: 20,
  parallel: 1,
  async find(db, day) {
    const { rows } = await db.raw<{ rows: OverdueRow[] }>(
      `select i.id, i.customer_id from invoices i where i.status = 'unpaid' and i.kind = 'service' and i.due_on < :day
         and exists (select from invoice_lines where invoice_id = i.id and kind = 'plan_change') order by i.id`,
      { day },
    );
    return candidates(rows);
  },
  async act(trx, { clock }, ids) {
    const items: BillingItem[] = [];
    for (const { id, customerId } of await stillUnpaid(trx, ids)) {
      const [invoice] = await lockInvoices(trx, customerId, [id]);
      if (invoice?.status !== 'unpaid') continue;
      await cancelInvoice(trx, clock, invoice);
      items.push({ action: 'upgrade_lapsed', customerId, orderId: null, invoiceId: id });
    }
    return items;
  },
};

/** Locked by id; those that somebody paid or cancelled meanwhile are left alone. */
async function stillUnpaid(trx: Transaction, ids: number[]): Promise<Candidate[]> {
  const rows = await trx('invoices')
    .whereIn('id', ids)
    .where({ status: 'unpaid' })
    .orderBy('id')
    .forUpdate()
    .select<OverdueRow[]>('id', 'customer_id');
  return candidates(rows);
}

/** Rule O9: orders that their customers cancelled as of the end of the period, once it is over. */
export const endCancelledPeriods: BillingStep = {
  name: 'ended',
  batch: 20,
  parallel: 1,
  async find(db, day) {
    const rows = await db('orders')
      .where({ status: 'active', ends_at_period: true })
      .where('paid_until', '<', day)
      .orderBy('id')
      .select<OverdueRow[]>('id', 'customer_id');
    return candidates(rows);
  },
  act: (trx, context, ids) =>
    cancelEach(
      trx,
      context,
      ids,
      'ended',
      (order, day) => order.endsAtPeriod && (order.paidUntil ?? day) < day,
    ),
};

/** Rule B4: orders that stayed suspended for want of payment until their day. */
export const cancelSuspended: BillingStep = {
  name: 'cancelled',
  batch: 20,
  parallel: 1,
  async find(db, day) {
    const { rows } = await db.raw<{ rows: OverdueRow[] }>(
      `select o.id, o.customer_id from orders o join plans p on p.id = o.plan_id join billing_terms b on b.category = p.category
       where o.status = 'suspended' and o.suspended_for = 'non_payment' and o.paid_until + 1 + b.grace_days + b.suspended_days <= :day
       order by o.id`,
      { day },
    );
    return candidates(rows);
  },
  act: (trx, context, ids) =>
    cancelEach(trx, context, ids, 'cancelled', (order) => order.suspendedFor === 'non_payment'),
};

type Locked = Awaited<ReturnType<typeof lockOrderWithInvoices>>['order'];

async function cancelEach(
  trx: Transaction,
  { clock, day }: StepContext,
  ids: number[],
  action: BillingAction,
  isDue: (order: Locked, day: string) => boolean,
): Promise<BillingItem[]> {
  const rows = await trx('orders').whereIn('id', ids).orderBy('id').select<OverdueRow[]>('id', 'customer_id');
  const items: BillingItem[] = [];
  for (const { id: orderId, customerId } of candidates(rows)) {
    const { order, unpaid } = await lockOrderWithInvoices(trx, customerId, orderId);
    if (order.status === 'cancelled' || !isDue(order, day)) continue;
    for (const invoice of unpaid) await cancelInvoice(trx, clock, invoice);
    await cancelOrder(trx, clock, { customerId, orderId });
    items.push({ action, customerId, orderId, invoiceId: null });
  }
  return items;
}
