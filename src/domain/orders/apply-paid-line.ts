import type { Clock, Day } from '../../platform/clock.ts';
import type { Transaction } from '../../platform/db/database.ts';
import { NothingToPayFor } from '../errors.ts';
import type { LineKind } from '../invoices/invoice.ts';
import { enqueueMail } from '../notifications/enqueue-mail.ts';
import { activateOrder } from './activate-order.ts';
import { type LockedOrder, lockOrder } from './lock-order.ts';
import { isRenewable } from './order.ts';
import { nextPeriod } from './period.ts';
import { provisionerOf } from './provisioning.ts';
import { recordOrderEvent } from './record-order-event.ts';

export interface PaidLine {
  customerId: number;
  invoiceId: number;
  /** Plan changes also book a credit: see src/domain/plan-changes/apply-plan-change.ts. */
  kind: LineKind;
  orderId: number;
  months: number | null;
  periodFrom: Day | null;
  userId: number | null;
}

/**
 * Applies a paid line to its order, in the transaction of the payment (rule I5).
 * @throws {NothingToPayFor} when the order has ended or moved on since the invoice was issued
 */
export async function applyPaidLine(trx: Transaction, clock: Clock, line: PaidLine): Promise<void> {
  const order = await lockOrder(trx, line.customerId, line.orderId);
  switch (line.kind) {
    case 'new_order':
      return startProvisioning(trx, clock, order, line);
    case 'renewal':
      return extend(trx, clock, order, line);
    case 'option':
    case 'setup_fee':
      return;
    case 'plan_change':
    case 'top_up':
      throw new Error(`A paid ${line.kind} line has no effect on an order`);
  }
}

async function startProvisioning(trx: Transaction, clock: Clock, order: LockedOrder, line: PaidLine) {
  if (order.status !== 'awaiting_payment') throw new NothingToPayFor({ order: order.id });
  await trx('orders').where({ id: order.id }).update({ status: 'provisioning', paid_months: line.months });
  await recordOrderEvent(trx, clock, event('paid', order, line, {}));
  const plan = await trx('plans')
    .where({ id: order.planId })
    .first<{ address_pool_id: number | null }>('address_pool_id');
  const toProvision = { orderId: order.id, addressPoolId: plan.address_pool_id };
  const ip = await provisionerOf(toProvision)(trx, clock, toProvision);
  const { id: orderId, customerId, plan: planName, hostname } = order;
  if (ip !== null) return activateOrder(trx, clock, { customerId, orderId, ip });
  const data = { order: orderId, plan: planName, hostname };
  await enqueueMail(trx, clock, { customerId, kind: 'order_paid', data });
}

/** Adds the months after the paid-until date (rule O7); an order suspended for non-payment is resumed at once. */
async function extend(trx: Transaction, clock: Clock, order: LockedOrder, line: PaidLine) {
  const { anchorOn, paidMonths } = order;
  if (!isRenewable(order) || anchorOn === null || line.months === null) throw new NothingToPayFor({ order: order.id });
  const period = nextPeriod(anchorOn, paidMonths, line.months);
  if (period.from !== line.periodFrom) throw new NothingToPayFor({ order: order.id });
  const resumes = order.suspendedFor === 'non_payment';
  await trx('orders')
    .where({ id: order.id })
    .update({
      paid_months: paidMonths + line.months,
      paid_until: period.to,
      // A payment for another period undoes a cancellation at the period's end.
      ends_at_period: false,
      ...(resumes ? { status: 'active', suspended_for: null, suspended_on: null } : {}),
    });
  await recordOrderEvent(trx, clock, event('renewed', order, line, { months: line.months, until: period.to }));
  if (order.endsAtPeriod) await recordOrderEvent(trx, clock, event('ending_undone', order, line, {}));
  if (resumes) await recordOrderEvent(trx, clock, event('resumed', order, line, {}));
  await enqueueMail(trx, clock, {
    customerId: order.customerId,
    kind: resumes ? 'resumed' : 'order_renewed',
    data: { order: order.id, plan: order.plan, hostname: order.hostname, paid_until: period.to },
  });
}

const event = (
  kind: 'paid' | 'renewed' | 'ending_undone' | 'resumed',
  order: LockedOrder,
  line: PaidLine,
  details: Record<string, string | number>,
) => ({
  orderId: order.id,
  customerId: order.customerId,
  kind,
  details,
  invoiceId: line.invoiceId,
  userId: line.userId,
});
