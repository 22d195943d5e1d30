import type { Clock } from '../../platform/clock.ts';
import type { Transaction } from '../../platform/db/database.ts';
import { OrderStateRefused } from '../errors.ts';
import { lockInvoices } from '../invoices/lock-invoices.ts';
import { markInvoiceCancelled } from '../invoices/mark-invoices.ts';
import { enqueueMail } from '../notifications/enqueue-mail.ts';
import { loadCatalog } from '../catalog/category-queries.ts';
import { cancellationDay } from '../orders/billing-terms.ts';
import { lockOrder } from '../orders/lock-order.ts';
import type { SuspensionReason } from '../orders/order.ts';
import { recordOrderEvent } from '../orders/record-order-event.ts';
import { reissueRenewal } from './reissue-renewal.ts';
import { findOpenRenewal } from './open-renewals.ts';

/**
 * Takes an active order out of service. For abuse, its open renewal is cancelled, and others on it are invoiced again.
 * @throws {NotFound} @throws {OrderStateRefused}
 */
export async function suspendOrder(
  trx: Transaction,
  clock: Clock,
  { customerId, orderId, reason }: { customerId: number; orderId: number; reason: SuspensionReason },
): Promise<void> {
  // Suspended for abuse it cannot be renewed, and its invoice must not keep the others on it from being renewed.
  const open = reason === 'abuse' ? await findOpenRenewal(trx, customerId, orderId) : null;
  const [invoice] = open ? await lockInvoices(trx, customerId, [open.invoiceId]) : [];
  const order = await lockOrder(trx, customerId, orderId);
  if (order.status !== 'active') throw new OrderStateRefused({ order: orderId, status: order.status });
  await trx('orders')
    .where({ id: orderId })
    .update({
      status: 'suspended',
      suspended_for: reason,
      // Only an order that is suspended for non-payment is cancelled after a while.
      suspended_on: reason === 'non_payment' ? clock.today() : null,
    });
  await recordOrderEvent(trx, clock, { orderId, customerId, kind: 'suspended', details: { reason } });
  const terms = (await loadCatalog(trx)).get(order.category);
  await enqueueMail(trx, clock, {
    customerId,
    kind: 'suspended',
    data: {
      order: orderId,
      plan: order.plan,
      hostname: order.hostname,
      reason,
      ...(reason === 'non_payment' && order.paidUntil
        ? {
            paid_until: order.paidUntil,
            cancelled_on: cancellationDay(order.paidUntil, terms, clock.today()),
          }
        : {}),
    },
  });
  if (invoice?.status !== 'unpaid') return;
  await markInvoiceCancelled(trx, clock, invoice);
  await reissueRenewal(trx, clock, { customerId, open, without: [orderId] });
}
