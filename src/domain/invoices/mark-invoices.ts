import type { Clock } from '../../platform/clock.ts';
import type { Transaction } from '../../platform/db/database.ts';
import { assertUnpaid, type LockedInvoice } from './lock-invoices.ts';

/**
 * Marks invoices as paid that the caller has locked and found unpaid; the money has been moved in the same transaction.
 * The database refuses any other.
 */
export async function markInvoicesPaid(
  trx: Transaction,
  clock: Clock,
  paid: { id: number; balanceAfter: string | null }[],
): Promise<void> {
  const rows = paid.map(({ id, balanceAfter }) => ({ id, balance_after: balanceAfter }));
  await trx.raw(
    `update invoices i
     set status = 'paid', paid_at = :now, balance_after = v.balance_after
     from jsonb_to_recordset(cast(:rows as jsonb)) as v (id bigint, balance_after numeric)
     where i.id = v.id`,
    { now: clock.now(), rows: JSON.stringify(rows) },
  );
}

/** Marks a locked, unpaid invoice as cancelled. */
export async function markInvoiceCancelled(trx: Transaction, clock: Clock, invoice: LockedInvoice) {
  assertUnpaid(invoice);
  await trx('invoices').where({ id: invoice.id }).update({ status: 'cancelled', cancelled_at: clock.now() });
}
