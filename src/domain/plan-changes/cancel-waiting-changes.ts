import type { Clock } from '../../platform/clock.ts';
import type { Names } from '../../platform/i18n/names.ts';
import type { Transaction } from '../../platform/db/database.ts';
import { lockInvoices } from '../invoices/lock-invoices.ts';
import { markInvoiceCancelled } from '../invoices/mark-invoices.ts';
import { LINE_UNPAID } from '../invoices/unpaid-queries.ts';
import { enqueueMails, type NewMail } from '../notifications/enqueue-mail.ts';
import { type OrderEvent, recordOrderEvents } from '../orders/record-order-event.ts';

interface WaitingChange {
  orderId: number;
  hostname: string;
  /** The plan that it would have led to. */
  plan: string;
  planCode: string;
  /** The options that it would have added; null of a plan change. */
  options: Names | null;
  invoice: { id: number; number: string };
}

/**
 * Cancels unpaid upgrades of these orders, and options not paid for yet: the orders have changed since, and paying them
 * would have no effect. Their invoices have been locked by the caller, together with those that it pays or cancels.
 */
export async function cancelWaitingChanges(
  trx: Transaction,
  clock: Clock,
  customerId: number,
  orderIds: number[],
): Promise<WaitingChange[]> {
  const waiting = await listWaitingChanges(trx, orderIds);
  if (waiting.length === 0) return [];
  const ids = waiting.map(({ invoice }) => invoice.id);
  for (const invoice of await lockInvoices(trx, customerId, ids))
    if (invoice.status === 'unpaid') await markInvoiceCancelled(trx, clock, invoice);
  return waiting;
}

/**
 * Does that because a renewal extended the orders. The history records it, and a message offers the upgrade again, since
 * the customer did not ask to cancel it (rules O7, O8).
 */
export async function withdrawWaitingChanges(
  trx: Transaction,
  clock: Clock,
  customerId: number,
  orderIds: number[],
): Promise<void> {
  const withdrawn = await cancelWaitingChanges(trx, clock, customerId, orderIds);
  await recordOrderEvents(
    trx,
    clock,
    withdrawn.map(({ orderId, plan, options, invoice }): OrderEvent => ({
      orderId,
      customerId,
      ...(options
        ? { kind: 'options_withdrawn', details: { options } }
        : { kind: 'upgrade_withdrawn', details: { plan } }),
      invoiceId: invoice.id,
    })),
  );
  await enqueueMails(
    trx,
    clock,
    withdrawn.map(({ orderId, plan, planCode, options, hostname, invoice }): NewMail => ({
      customerId,
      ...(options
        ? { kind: 'options_withdrawn', data: { order: orderId, plan, options, hostname, invoice } }
        : {
            kind: 'upgrade_withdrawn',
            data: { order: orderId, plan, plan_code: planCode, hostname, invoice },
          }),
    })),
  );
}

async function listWaitingChanges(trx: Transaction, orderIds: number[]): Promise<WaitingChange[]> {
  const { rows } = await trx.raw<{
    rows: {
      order_id: number;
      hostname: string;
      plan: string;
      code: string;
      options: Names | null;
      id: number;
      number: string;
    }[];
  }>(
    `select l.order_id, o.hostname, p.name as plan, p.code, l.details -> 'options' as options, i.id, i.number
     from invoice_lines l
     join invoices i on i.id = l.invoice_id
     join orders o on o.id = l.order_id
     join plans p on p.id = (l.details #>> '{terms,toPlanId}')::bigint
     where l.order_id = any(:orderIds)
       and l.kind = 'plan_change'
       and ${LINE_UNPAID}
     order by l.order_id, i.id`,
    { orderIds },
  );
  return rows.map(({ order_id, hostname, plan, code, options, id, number }) => ({
    orderId: order_id,
    hostname,
    plan,
    planCode: code,
    options,
    invoice: { id, number },
  }));
}
