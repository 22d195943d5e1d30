import type { Clock } from '../../platform/clock.ts';
import type { Transaction } from '../../platform/db/database.ts';
import type { Seller } from '../invoices/invoice.ts';
import type { IssuedInvoice } from '../invoices/issue-invoice.ts';
import type { Renewal } from './new-renewal.ts';
import { reissueRenewal } from './reissue-renewal.ts';
import { replaceOpenRenewals } from './replace-open-renewals.ts';

/**
 * Issues one invoice for the next period of each of these orders (rules O7, I9), due on the earliest paid-until date.
 * An order has one open renewal at a time, so that two invoices never cover the same days: an open invoice with a
 * renewal of one of them is cancelled, and other orders on it are invoiced again. Locks those invoices, then the orders
 * by id.
 * @throws {NotFound} @throws {OrderStateRefused} @throws {SomethingChanged} when a renewal was issued meanwhile
 * @throws {RenewedMeanwhile} when one was paid since it was asked for
 */
export async function issueRenewalInvoice(
  trx: Transaction,
  clock: Clock,
  seller: Seller,
  { customerId, renewals }: { customerId: number; renewals: Renewal[] },
): Promise<IssuedInvoice> {
  const { issued, cancelled } = await replaceOpenRenewals(trx, clock, seller, { customerId, renewals });
  const without = renewals.map(({ orderId }) => orderId);
  for (const open of cancelled) await reissueRenewal(trx, clock, { customerId, open, without });
  return issued;
}
