import type { Clock } from '../../platform/clock.ts';
import type { Transaction } from '../../platform/db/database.ts';
import { SomethingChanged } from '../errors.ts';
import { findPlanPrice } from '../catalog/plan-queries.ts';
import { notifyInvoiceIssued } from '../notifications/notify-invoice-issued.ts';
import { type LockedOrder, lockOrder } from '../orders/lock-order.ts';
import { isRenewable } from '../orders/order.ts';
import type { Renewal } from './new-renewal.ts';
import type { OpenRenewal } from './open-renewals.ts';
import { replaceOpenRenewals } from './replace-open-renewals.ts';

/**
 * Invoices again, at today's prices, the periods that an open renewal covered, and notifies the customer; the old
 * invoice is cancelled if it still is open. What cannot be renewed any more is left out, and a period that the plan
 * does not have becomes the order's own: the customer did not ask for this renewal now, so it must not make the command
 * fail that they did ask for.
 * @param without orders that are not renewed with it any more
 * @throws {SomethingChanged} when a renewal was issued meanwhile
 */
export async function reissueRenewal(
  trx: Transaction,
  clock: Clock,
  { customerId, open, without = [] }: { customerId: number; open: OpenRenewal | null; without?: number[] },
): Promise<void> {
  if (!open) return;
  const renewals: Renewal[] = [];
  for (const { orderId, months } of open.renewals) {
    const order = await lockOrder(trx, customerId, orderId);
    if (without.includes(orderId) || !isRenewable(order)) continue;
    const offered = months !== undefined && (await isOffered(trx, clock, order, months));
    renewals.push({ orderId, months: offered ? months : order.periodMonths });
  }
  if (renewals.length === 0) return;
  const { issued, cancelled } = await replaceOpenRenewals(trx, clock, open.seller, { customerId, renewals });
  // An order has one open renewal at most: theirs is this one. The orders of another would stay without an invoice.
  if (cancelled.some(({ invoiceId }) => invoiceId !== open.invoiceId)) throw new SomethingChanged();
  await notifyInvoiceIssued(trx, clock, issued.id);
}

/** Whether an order's plan is sold for so many months; for its own period it always is. */
export async function isOffered(trx: Transaction, clock: Clock, order: LockedOrder, months: number): Promise<boolean> {
  if (months === order.periodMonths) return true;
  const { planId, price } = order;
  return (await findPlanPrice(trx, { planId, currency: price.currency, months, today: clock.today() })) !== null;
}
