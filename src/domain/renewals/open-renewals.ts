import type { Transaction } from '../../platform/db/database.ts';
import type { Seller } from '../invoices/invoice.ts';
import type { Renewal } from './new-renewal.ts';

/** An open renewal invoice: the orders and periods that it is for, and its seller. */
export interface OpenRenewal {
  invoiceId: number;
  renewals: Renewal[];
  seller: Seller;
}

/** The open renewal invoice of an order; it has one at most. */
export async function findOpenRenewal(
  trx: Transaction,
  customerId: number,
  orderId: number,
): Promise<OpenRenewal | null> {
  const [invoiceId] = await listOpenRenewals(trx, customerId, [orderId]);
  return invoiceId === undefined ? null : loadRenewal(trx, invoiceId);
}

/** The orders and periods of a renewal invoice, whatever its status. */
export async function loadRenewal(trx: Transaction, invoiceId: number): Promise<OpenRenewal> {
  const { seller } = await trx('invoices').where({ id: invoiceId }).first<{ seller: Seller }>('seller');
  const renewals = await trx('invoice_lines')
    .where({ invoice_id: invoiceId, kind: 'renewal' })
    .orderBy('order_id')
    .select<Renewal[]>('order_id as orderId', 'months');
  return { invoiceId, renewals, seller };
}

/** Unpaid invoices with a renewal of one of these orders. */
export async function listOpenRenewals(trx: Transaction, customerId: number, orderIds: number[]): Promise<number[]> {
  return trx('invoice_lines as l')
    .join('invoices as i', 'i.id', 'l.invoice_id')
    .where({ 'l.kind': 'renewal', 'i.status': 'unpaid', 'i.customer_id': customerId })
    .whereIn('l.order_id', orderIds)
    .distinct()
    .pluck('i.id');
}

/** SQL: id and number of the open renewal of an order, which has one at most. @param orderId an expression */
export const openRenewalOf = (orderId: string) =>
  `select i.id, i.number
   from invoice_lines l
   join invoices i on i.id = l.invoice_id
   where l.order_id = ${orderId}
     and l.kind = 'renewal'
     and i.status = 'unpaid'
   limit 1`;
