import type { Clock, Day } from '../../platform/clock.ts';
import type { Db, Transaction } from '../../platform/db/database.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { OrderStateRefused } from '../errors.ts';
import type { Seller } from '../invoices/invoice.ts';
import type { IssuedInvoice } from '../invoices/issue-invoice.ts';
import { markInvoiceCancelled } from '../invoices/mark-invoices.ts';
import { enqueueMail } from '../notifications/enqueue-mail.ts';
import { notifyInvoiceIssued } from '../notifications/notify-invoice-issued.ts';
import { lockOrderWithInvoices } from '../orders/lock-order-with-invoices.ts';
import { lockOrder } from '../orders/lock-order.ts';
import { isEnding, isInPaidPeriod, isRenewable } from '../orders/order.ts';
import { recordOrderEvent } from '../orders/record-order-event.ts';
import { issueRenewalInvoice } from '../renewals/issue-renewal-invoice.ts';
import { isOffered, reissueRenewal } from '../renewals/reissue-renewal.ts';
import { findOpenRenewal } from '../renewals/open-renewals.ts';

interface Request {
  customerId: number;
  userId: number | null;
  orderId: number;
}

/**
 * Lets an order end with its paid period (rule O9): it stays in service until then, is not renewed, and its unpaid
 * invoices are cancelled; renewals of other orders on them are invoiced again.
 * @returns its last day
 * @throws {NotFound} @throws {OrderStateRefused} unless it is in service and paid for
 */
export async function cancelAtPeriodEnd(
  db: Db,
  clock: Clock,
  { customerId, userId, orderId, reason }: Request & { reason: string },
): Promise<Day> {
  return inTransaction(db, async (trx) => {
    const { order, unpaid } = await lockOrderWithInvoices(trx, customerId, orderId);
    const until = order.paidUntil;
    if (!isInPaidPeriod(order, clock.today()) || until === null)
      throw new OrderStateRefused({ order: orderId, status: order.status });
    const open = await findOpenRenewal(trx, customerId, orderId);
    for (const invoice of unpaid) await markInvoiceCancelled(trx, clock, invoice);
    await trx('orders').where({ id: orderId }).update({ ends_at_period: true, cancel_reason: reason });
    const renewed = open?.renewals.find((renewal) => renewal.orderId === orderId);
    const details = { until, ...(renewed && { renewal_months: renewed.months ?? order.periodMonths }) };
    await recordOrderEvent(trx, clock, { orderId, customerId, kind: 'ending', details, userId });
    await enqueueMail(trx, clock, {
      customerId,
      kind: 'ending',
      data: { order: orderId, plan: order.plan, hostname: order.hostname, paid_until: until },
    });
    await reissueRenewal(trx, clock, { customerId, open, without: [orderId] });
    return until;
  });
}

/**
 * Takes that back before the period is over. A renewal that had been invoiced is invoiced again at today's price, for
 * the order's own period where the plan is no longer sold for that one; else the calendar does it when it is time.
 * @returns the new invoice of its renewal
 * @throws {NotFound} @throws {OrderStateRefused} when it is not about to end, or its period is over
 */
export async function undoCancellationAtPeriodEnd(
  db: Db,
  clock: Clock,
  seller: Seller,
  { customerId, userId, orderId }: Request,
): Promise<IssuedInvoice | null> {
  return inTransaction(db, async (trx) => {
    const order = await lockOrder(trx, customerId, orderId);
    if (!isEnding(order, clock.today())) throw new OrderStateRefused({ order: orderId, status: order.status });
    await trx('orders')
      .where({ id: orderId })
      .update({ ends_at_period: false, cancel_reason: '', renewal_issued_for: null });
    await recordOrderEvent(trx, clock, { orderId, customerId, kind: 'ending_undone', userId });
    const before = await cancelledRenewal(trx, orderId);
    // One may have been made meanwhile, to keep the order by paying it; and whatever cannot be renewed is kept all the same.
    if (before === null || !isRenewable(order) || (await findOpenRenewal(trx, customerId, orderId))) return null;
    const months = (await isOffered(trx, clock, order, before)) ? before : order.periodMonths;
    const invoice = await issueRenewalInvoice(trx, clock, seller, { customerId, renewals: [{ orderId, months }] });
    await notifyInvoiceIssued(trx, clock, invoice.id);
    return invoice;
  });
}

/** For how many months the renewal was that the last cancellation of an order took with it; null when there was none. */
async function cancelledRenewal(trx: Transaction, orderId: number): Promise<number | null> {
  const event = await trx('order_events')
    .where({ order_id: orderId, kind: 'ending' })
    .orderBy('id', 'desc')
    .first<{ details: { renewal_months?: number } } | undefined>('details');
  return event?.details.renewal_months ?? null;
}
