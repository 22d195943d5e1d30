import type { Clock } from '../clock.ts';
import type { Transaction } from '../db/database.ts';
import { cancelInvoice, lockInvoices } from '../invoices/settle-invoice.ts';

/**
 * Cancels upgrades of these orders that wait to be paid: the orders have moved on, and paying them would change nothing. Their
 * invoices have been locked by the caller, with the others that it works on.
 */
export async function cancelWaitingUpgrades(
  trx: Transaction,
  clock: Clock,
  customerId: number,
  orderIds: number[],
): Promise<void> {
  const waiting = await trx('invoice_lines as l')
    .whereRaw('l.order_id = any(?)', [orderIds])
    .where({ 'l.kind': 'plan_change' })
    .whereRaw(`(select status from invoices where id = l.invoice_id) = 'unpaid'`)
    .pluck<number[]>('l.invoice_id');
  if (waiting.length === 0) return;
  for (const invoice of await lockInvoices(trx, customerId, waiting))
    if (invoice.status === 'unpaid') await cancelInvoice(trx, clock, invoice);
}
