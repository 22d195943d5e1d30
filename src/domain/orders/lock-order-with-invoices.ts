import type { Transaction } from '../../platform/db/database.ts';
import { SomethingChanged } from '../errors.ts';
import { type CustomerAccount, lockCustomerAccount } from '../ledger/accounts.ts';
import { type LockedInvoice, lockInvoices } from '../invoices/lock-invoices.ts';
import { listUnpaidInvoiceIds } from '../invoices/unpaid-queries.ts';
import { type LockedOrder, lockOrder } from './lock-order.ts';

export interface LockedTogether {
  order: LockedOrder;
  account: CustomerAccount;
  /** The order's unpaid invoices. */
  unpaid: LockedInvoice[];
}

/**
 * Locks an order together with its unpaid invoices and the customer's account, in the order in which every command locks.
 * @throws {NotFound} @throws {SomethingChanged} when an invoice was issued meanwhile
 */
export async function lockOrderWithInvoices(
  trx: Transaction,
  customerId: number,
  orderId: number,
): Promise<LockedTogether> {
  const known = await listUnpaidInvoiceIds(trx, customerId, [orderId]);
  const invoices = known.length > 0 ? await lockInvoices(trx, customerId, known) : [];
  const account = await lockCustomerAccount(trx, customerId);
  const order = await lockOrder(trx, customerId, orderId);
  const now = await listUnpaidInvoiceIds(trx, customerId, [orderId]);
  if (now.some((id) => !known.includes(id))) throw new SomethingChanged();
  return { order, account, unpaid: invoices.filter(({ status }) => status === 'unpaid') };
}
