import type { Clock } from '../../platform/clock.ts';
import type { Transaction } from '../../platform/db/database.ts';
import { assertUnpaid, type LockedInvoice } from './lock-invoices.ts';

/** Marks a locked, unpaid invoice as paid; the money has been moved in the same transaction. */
export async function markInvoicePaid(
  trx: Transaction,
  clock: Clock,
  invoice: LockedInvoice,
  balanceAfter: string | null,
) {
  assertUnpaid(invoice);
  await trx('invoices')
    .where({ id: invoice.id })
    .update({ status: 'paid', paid_at: clock.now(), balance_after: balanceAfter });
}

/** Marks a locked, unpaid invoice as cancelled. */
export async function markInvoiceCancelled(trx: Transaction, clock: Clock, invoice: LockedInvoice) {
  assertUnpaid(invoice);
  await trx('invoices').where({ id: invoice.id }).update({ status: 'cancelled', cancelled_at: clock.now() });
}
