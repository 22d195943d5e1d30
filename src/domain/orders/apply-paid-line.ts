import type { Clock } from '../../platform/clock.ts';
import type { Transaction } from '../../platform/db/database.ts';
import { NothingToPayFor } from '../errors.ts';
import type { LockedLine } from '../invoices/lock-invoices.ts';
import type { NewMail } from '../notifications/enqueue-mail.ts';
import { type ChangedOrder, putIntoService } from './activate-order.ts';
import type { LockedOrder } from './lock-order.ts';
import { isRenewable } from './order.ts';
import { nextPeriod } from './period.ts';
import { provisionerOf } from './provisioning.ts';
import type { OrderEvent } from './record-order-event.ts';

/**
 * Applies a paid line to its order, in the transaction of the payment (rule I5). The order has been locked by the
 * caller, who also records the events and enqueues the mails.
 * @throws {NothingToPayFor} when the order has ended or moved on since the invoice was issued
 */
export async function applyPaidLine(
  trx: Transaction,
  clock: Clock,
  { order, line, userId }: { order: LockedOrder; line: LockedLine; userId: number | null },
): Promise<ChangedOrder> {
  switch (line.kind) {
    case 'new_order':
      return startProvisioning(trx, clock, order, line, userId);
    case 'renewal':
      return extend(trx, order, line, userId);
    case 'option':
    case 'setup_fee':
      return { order, events: [], mails: [] };
    // See src/domain/plan-changes/apply-plan-change.ts: it books a credit too.
    case 'plan_change':
    case 'top_up':
      throw new Error(`A paid ${line.kind} line has no effect on an order`);
  }
}

async function startProvisioning(
  trx: Transaction,
  clock: Clock,
  order: LockedOrder,
  line: LockedLine,
  userId: number | null,
): Promise<ChangedOrder> {
  if (order.status !== 'awaiting_payment' || line.months === null) throw new NothingToPayFor({ order: order.id });
  const paid = { status: 'provisioning', paidMonths: line.months } as const;
  await trx('orders').where({ id: order.id }).update({ status: paid.status, paid_months: paid.paidMonths });
  const { id: orderId, customerId, plan, hostname } = order;
  const events = [eventOf('paid', order, line, userId)];
  const toProvision = { orderId, locationId: order.locationId, provisioning: order.provisioning };
  const ip = await provisionerOf(toProvision)(trx, clock, toProvision);
  if (ip !== null) {
    const active = await putIntoService(trx, clock, { ...order, ...paid }, { ip, userId: null });
    return { ...active, events: [...events, ...active.events] };
  }
  const mail: NewMail = { customerId, kind: 'order_paid', data: { order: orderId, plan, hostname } };
  return { order: { ...order, ...paid }, events, mails: [mail] };
}

/** Adds the months after the paid-until date (rule O7); an order suspended for non-payment is resumed at once. */
async function extend(
  trx: Transaction,
  order: LockedOrder,
  line: LockedLine,
  userId: number | null,
): Promise<ChangedOrder> {
  const { anchorOn, paidMonths } = order;
  if (!isRenewable(order) || anchorOn === null || line.months === null) throw new NothingToPayFor({ order: order.id });
  const period = nextPeriod(anchorOn, paidMonths, line.months);
  if (period.from !== line.periodFrom) throw new NothingToPayFor({ order: order.id });
  const resumes = order.suspendedFor === 'non_payment';
  const extended = {
    paidMonths: paidMonths + line.months,
    paidUntil: period.to,
    // A payment for another period undoes a cancellation at the period's end.
    endsAtPeriod: false,
    ...(resumes ? { status: 'active' as const, suspendedFor: null } : {}),
  };
  await trx('orders')
    .where({ id: order.id })
    .update({
      paid_months: extended.paidMonths,
      paid_until: extended.paidUntil,
      ends_at_period: extended.endsAtPeriod,
      ...(resumes ? { status: 'active', suspended_for: null, suspended_on: null } : {}),
    });
  const events = [eventOf('renewed', order, line, userId, { months: line.months, until: period.to })];
  if (order.endsAtPeriod) events.push(eventOf('ending_undone', order, line, userId));
  if (resumes) events.push(eventOf('resumed', order, line, userId));
  const mail: NewMail = {
    customerId: order.customerId,
    kind: resumes ? 'resumed' : 'order_renewed',
    data: { order: order.id, plan: order.plan, hostname: order.hostname, paid_until: period.to },
  };
  return { order: { ...order, ...extended }, events, mails: [mail] };
}

const eventOf = (
  kind: 'paid' | 'renewed' | 'ending_undone' | 'resumed',
  { id: orderId, customerId }: LockedOrder,
  { invoiceId }: LockedLine,
  userId: number | null,
  details: OrderEvent['details'] = {},
): OrderEvent => ({ orderId, customerId, kind, details, invoiceId, userId });
