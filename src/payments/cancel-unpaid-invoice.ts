import type { Clock } from '../clock.ts';
import type { Db } from '../db/database.ts';
import { inTransaction } from '../db/transaction.ts';
import { cancelInvoice, lockInvoices, type LockedInvoice } from '../invoices/settle-invoice.ts';
import { cancelOrder } from '../orders/cancel-order.ts';

/**
 * Cancels an unpaid invoice, and with the invoice of a new order that order (rule I8). A payment that still arrives for
 * it goes to the balance (rule T6).
 * @returns the numbers of the orders that were cancelled with it
 * @throws {NotFound} @throws {InvoiceNotUnpaid}
 */
export async function cancelUnpaidInvoice(
  db: Db,
  clock: Clock,
  { customerId, userId, invoiceId }: { customerId: number; userId: number | null; invoiceId: number },
): Promise<number[]> {
  return inTransaction(db, async (trx) => {
    const [invoice] = await lockInvoices(trx, customerId, [invoiceId]);
    await cancelInvoice(trx, clock, invoice as LockedInvoice);
    const newOrders = await trx('invoice_lines')
      .where({ invoice_id: invoiceId, kind: 'new_order' })
      .orderBy('order_id')
      .pluck<number[]>('order_id');
    for (const orderId of newOrders) await cancelOrder(trx, clock, { customerId, orderId, userId });
    return newOrders;
  });
}
