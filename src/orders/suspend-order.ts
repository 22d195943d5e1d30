import type { Clock } from '../clock.ts';
import type { Transaction } from '../db/database.ts';
import { OrderStateRefused } from '../errors.ts';
import { enqueueMail } from '../mail/enqueue-mail.ts';
import { cancellationDay, getBillingTerms } from './billing-terms.ts';
import { lockOrder } from './lock-order.ts';
import type { SuspensionReason } from './order.ts';
import { recordOrderEvent } from './record-order-event.ts';

/** Takes an active order out of service. @throws {NotFound} @throws {OrderStateRefused} */
export async function suspendOrder(
  trx: Transaction,
  clock: Clock,
  { customerId, orderId, reason }: { customerId: number; orderId: number; reason: SuspensionReason },
): Promise<void> {
  const order = await lockOrder(trx, customerId, orderId);
  if (order.status !== 'active') throw new OrderStateRefused({ order: orderId, status: order.status });
  await trx('orders')
    .where({ id: orderId })
    .update({ status: 'suspended', suspended_for: reason, suspended_on: clock.today() });
  await recordOrderEvent(trx, clock, { orderId, customerId, kind: 'suspended', details: { reason } });
  const terms = (await getBillingTerms(trx))[order.category];
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
}
