import type { Clock, Day } from '../../platform/clock.ts';
import type { Transaction } from '../../platform/db/database.ts';
import { NoSeller } from '../errors.ts';
import { sum } from '../money/money.ts';
import { BUYER, BUYER_FINAL } from './buyer.ts';
import type { InvoiceKind, NewInvoiceLine, Seller } from './invoice.ts';

export interface NewInvoice {
  customerId: number;
  kind: InvoiceKind;
  currency: string;
  dueOn: Day;
  seller: Seller;
  lines: NewInvoiceLine[];
}

export interface IssuedInvoice {
  id: number;
  number: string;
}

const SERIES: Record<InvoiceKind, string> = { service: 'INV', top_up: 'TOP' };

/**
 * Issues an invoice with the next number of its series (rule I4) and, to a profile that lacks nothing, the buyer's
 * details as they are now; otherwise they are kept with the payment (rule I3). The series'
 * row stays locked until the transaction ends, so that a rollback leaves no gap: issue last.
 * @throws {NoSeller}
 */
export async function issueInvoice(trx: Transaction, clock: Clock, invoice: NewInvoice): Promise<IssuedInvoice> {
  if (invoice.seller.name === '') throw new NoSeller();
  const months = new Set(invoice.lines.map((line) => line.months).filter((period) => period !== null));
  const series = SERIES[invoice.kind];
  const ofCustomer = (column: string) =>
    trx.raw(`(select ${column} from customers c where c.id = ?)`, [invoice.customerId]);
  const [row] = await trx('invoices')
    .insert({
      customer_id: invoice.customerId,
      kind: invoice.kind,
      series,
      sequence: await nextSequence(trx, series),
      currency: invoice.currency,
      total: sum(
        invoice.lines.map((line) => line.amount),
        invoice.currency,
      ).toDatabase(),
      issued_at: clock.now(),
      due_on: invoice.dueOn,
      // The column shows a period only where all lines have the same.
      period_months: months.size === 1 ? [...months][0] : null,
      order_ids: [...new Set(invoice.lines.map((line) => line.orderId).filter((id) => id !== null))],
      buyer: ofCustomer(BUYER),
      buyer_final: ofCustomer(BUYER_FINAL),
      seller: JSON.stringify(invoice.seller),
    })
    .returning<IssuedInvoice[]>(['id', 'number']);
  const issued = row as IssuedInvoice;
  await trx('invoice_lines').insert(
    invoice.lines.map((line, position) => ({
      invoice_id: issued.id,
      customer_id: invoice.customerId,
      position,
      kind: line.kind,
      order_id: line.orderId,
      months: line.months,
      period_from: line.periodFrom,
      period_to: line.periodTo,
      amount: line.amount.toDatabase(),
      currency: line.amount.currency,
      details: JSON.stringify(line.details),
    })),
  );
  return issued;
}

async function nextSequence(trx: Transaction, series: string): Promise<number> {
  const [row] = await trx('invoice_series')
    .where({ code: series })
    .increment('last_sequence', 1)
    .returning<{ last_sequence: number }[]>('last_sequence');
  return row?.last_sequence as number;
}
