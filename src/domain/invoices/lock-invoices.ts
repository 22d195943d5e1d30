import type { Transaction } from '../../platform/db/database.ts';
import { InvoiceNotUnpaid, NotFound } from '../errors.ts';
import { Money } from '../money/money.ts';
import type { InvoiceKind, InvoiceStatus } from './invoice.ts';

export interface LockedInvoice {
  id: number;
  customerId: number;
  number: string;
  kind: InvoiceKind;
  status: InvoiceStatus;
  total: Money;
}

/**
 * Locks invoices in the order of their ids, the first of all locks.
 * @throws {NotFound} when one is missing or another customer's
 */
export async function lockInvoices(
  trx: Transaction,
  customerId: number,
  invoiceIds: number[],
): Promise<LockedInvoice[]> {
  const ids = [...new Set(invoiceIds)].sort((a, b) => a - b);
  const rows = await trx('invoices')
    .whereIn('id', ids)
    .where({ customer_id: customerId })
    .orderBy('id')
    .forUpdate()
    .select<
      {
        id: number;
        customer_id: number;
        number: string;
        kind: InvoiceKind;
        status: InvoiceStatus;
        total: string;
        currency: string;
      }[]
    >('id', 'customer_id', 'number', 'kind', 'status', 'total', 'currency');
  if (rows.length !== ids.length || ids.length === 0) throw new NotFound();
  return rows.map(({ customer_id, total, currency, ...row }) => ({
    ...row,
    customerId: customer_id,
    total: Money.of(total, currency),
  }));
}

/** @throws {InvoiceNotUnpaid} */
export function assertUnpaid(invoice: LockedInvoice) {
  if (invoice.status !== 'unpaid') throw new InvoiceNotUnpaid({ number: invoice.number, status: invoice.status });
}
