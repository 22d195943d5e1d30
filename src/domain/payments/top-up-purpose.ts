import type { Clock } from '../../platform/clock.ts';
import type { Db, Transaction } from '../../platform/db/database.ts';
import { NotFound, Refusal } from '../errors.ts';
import type { LockedInvoice } from '../invoices/lock-invoices.ts';
import { payLockedInvoices } from './pay-invoices.ts';

/**
 * Remembers which invoices a top-up is to pay once its money is there (rule I6).
 * @throws {NotFound} when one is not this customer's unpaid service invoice
 */
export async function rememberPurpose(
  trx: Transaction,
  { customerId, topUpInvoiceId, invoiceIds }: { customerId: number; topUpInvoiceId: number; invoiceIds: number[] },
): Promise<void> {
  const ids = [...new Set(invoiceIds)];
  if (ids.length === 0) return;
  const known = await trx('invoices')
    .where({ customer_id: customerId, kind: 'service', status: 'unpaid' })
    .whereIn('id', ids)
    .pluck('id');
  if (known.length !== ids.length) throw new NotFound();
  await trx('top_up_purposes').insert({
    top_up_invoice_id: topUpInvoiceId,
    customer_id: customerId,
    invoice_ids: ids,
  });
}

export async function listPurpose(db: Db | Transaction, topUpInvoiceId: number): Promise<number[]> {
  const row = await db('top_up_purposes')
    .where({ top_up_invoice_id: topUpInvoiceId })
    .first<{ invoice_ids: number[] } | undefined>('invoice_ids');
  return row?.invoice_ids.map(Number) ?? [];
}

/**
 * Pays what a top-up was made for, in the transaction that credits it, exactly once. When it cannot be paid any more
 * (the balance was spent, the order has ended), the money stays on the balance.
 * @param invoices locked by the caller, together with the top-up's own
 */
export async function payForPurpose(
  trx: Transaction,
  clock: Clock,
  { customerId, invoices }: { customerId: number; invoices: LockedInvoice[] },
): Promise<void> {
  const unpaid = invoices.filter(({ status }) => status === 'unpaid');
  if (unpaid.length === 0) return;
  try {
    // A savepoint: a refusal undoes what was half done, and the credit stays.
    await trx.transaction((inner) => payLockedInvoices(inner, clock, { customerId, userId: null, invoices: unpaid }));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
}
