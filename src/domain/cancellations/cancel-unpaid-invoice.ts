import type { Clock } from '../../platform/clock.ts';
import type { Db, Transaction } from '../../platform/db/database.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { type LockedInvoice, lockInvoices } from '../invoices/lock-invoices.ts';
import { markInvoiceCancelled } from '../invoices/mark-invoices.ts';
import { type CancellationCause, markOrderCancelled } from '../orders/mark-cancelled.ts';

interface CancellationRequest {
  customerId: number;
  userId: number | null;
  invoiceId: number;
  /** Why its new orders end with it. */
  cause?: CancellationCause;
}

/**
 * Cancels an unpaid invoice, and with the invoice of a new order that order (rule I8). A payment that still arrives for
 * it goes to the balance (rule T6).
 * @returns the numbers of the orders that were cancelled with it
 * @throws {NotFound} @throws {InvoiceNotUnpaid}
 */
export async function cancelUnpaidInvoice(db: Db, clock: Clock, request: CancellationRequest): Promise<number[]> {
  return inTransaction(db, (trx) => cancelUnpaidInvoiceIn(trx, clock, request));
}

/** Does that within a transaction. Throws what `cancelUnpaidInvoice` throws. */
export async function cancelUnpaidInvoiceIn(
  trx: Transaction,
  clock: Clock,
  { customerId, userId, invoiceId, cause = 'asked' }: CancellationRequest,
): Promise<number[]> {
  const [invoice] = await lockInvoices(trx, customerId, [invoiceId]);
  await markInvoiceCancelled(trx, clock, invoice as LockedInvoice);
  const newOrders = await trx('invoice_lines')
    .where({ invoice_id: invoiceId, kind: 'new_order' })
    .orderBy('order_id')
    .pluck<number[]>('order_id');
  for (const orderId of newOrders) await markOrderCancelled(trx, clock, { customerId, orderId, userId, cause });
  return newOrders;
}
