import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import type { Seller } from '../invoices/invoice.ts';
import type { IssuedInvoice } from '../invoices/issue-invoice.ts';
import { notifyInvoiceIssued } from '../notifications/notify-invoice-issued.ts';
import { issueRenewalInvoice } from './issue-renewal-invoice.ts';
import type { Renewal } from './new-renewal.ts';

/**
 * A customer renews orders: one invoice for all of them, in one transaction. Throws what `issueRenewalInvoice` throws.
 * @param how `isPaidNext`: it is paid at once, and only the payment is written about; should that fail, the caller writes
 */
export function renewOrders(
  db: Db,
  clock: Clock,
  seller: Seller,
  request: { customerId: number; renewals: Renewal[] },
  { isPaidNext = false }: { isPaidNext?: boolean } = {},
): Promise<IssuedInvoice> {
  return inTransaction(db, async (trx) => {
    const invoice = await issueRenewalInvoice(trx, clock, seller, request);
    if (!isPaidNext) await notifyInvoiceIssued(trx, clock, invoice.id);
    return invoice;
  });
}
