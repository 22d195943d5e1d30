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
  await enqueueMail(trx, clock, {
    customerId: row.customer_id,
    kind: 'invoice_issued',
    data: {
      order: row.order_ids.join(', '),
      invoice: { id: invoiceId, number: row.number },
      total: Money.of(row.total, row.currency),
      due_on: row.due_on,
    },
  });
}
