import type { Clock, Day } from '../../platform/clock.ts';
import type { Transaction } from '../../platform/db/database.ts';
import { Money } from '../money/money.ts';
import { enqueueMail } from './enqueue-mail.ts';

/** Enqueues the message about an invoice that was just issued. */
export async function notifyInvoiceIssued(trx: Transaction, clock: Clock, invoiceId: number): Promise<void> {
  const row = await trx('invoices').where({ id: invoiceId }).first<{
    customer_id: number;
    number: string;
    total: string;
    currency: string;
    due_on: Day;
    order_ids: number[];
  }>();
  const orders = await trx('orders as o')
    .join('plans as p', 'p.id', 'o.plan_id')
    .whereIn('o.id', row.order_ids)
    .orderBy('o.id')
    .select<{ id: number; plan: string; hostname: string }[]>('o.id', 'p.name as plan', 'o.hostname');
  await enqueueMail(trx, clock, {
    customerId: row.customer_id,
    kind: 'invoice_issued',
    data: {
      ...(orders.length === 1 && orders[0]
        ? { order: orders[0].id, plan: orders[0].plan, hostname: orders[0].hostname }
        : { order: row.order_ids.join(', '), orders }),
      invoice: { id: invoiceId, number: row.number },
      total: Money.of(row.total, row.currency),
      due_on: row.due_on,
    },
  });
}
