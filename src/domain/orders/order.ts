import { type Day, daysBetween } from '../../platform/clock.ts';

export type OrderStatus = 'awaiting_payment' | 'provisioning' | 'active' | 'suspended' | 'cancelled';
export type SuspensionReason = 'non_payment' | 'abuse';

/** What a customer sees: overdue is derived, and the two suspensions are two things (rule O5). */
export type ShownOrderStatus =
  | 'awaiting_payment'
  | 'provisioning'
  | 'active'
  | 'overdue'
  | 'suspended_non_payment'
  | 'suspended_abuse'
  | 'cancelled';

export const SHOWN_ORDER_STATUSES: ShownOrderStatus[] = [
  'active',
  'overdue',
  'suspended_non_payment',
  'suspended_abuse',
  'awaiting_payment',
  'provisioning',
  'cancelled',
];

/** An order in service whose period ends within so many days has to be looked at. */
export const ENDING_SOON_DAYS = 7;

export interface OrderState {
  status: OrderStatus;
  suspendedFor: SuspensionReason | null;
  paidUntil: Day | null;
  /** Cancelled by its customer as of the end of the paid period (rule O9). */
  endsAtPeriod: boolean;
}

export function shownOrderStatus({ status, suspendedFor, paidUntil }: OrderState, today: Day): ShownOrderStatus {
  switch (status) {
    case 'suspended':
      return suspendedFor === 'abuse' ? 'suspended_abuse' : 'suspended_non_payment';
    case 'active':
      return paidUntil !== null && paidUntil < today ? 'overdue' : 'active';
    case 'awaiting_payment':
    case 'provisioning':
    case 'cancelled':
      return status;
  }
}

/** Days until the last paid day, negative after it (rule O6); null where no period runs. */
export function daysLeft({ status, paidUntil }: OrderState, today: Day): number | null {
  return paidUntil === null || status === 'cancelled' ? null : daysBetween(today, paidUntil);
}

/**
 * Whether another period can be bought: in service, in its grace period, or suspended only for non-payment (O5).
 */
export function isRenewable({ status, suspendedFor, paidUntil }: OrderState): boolean {
  return paidUntil !== null && (status === 'active' || (status === 'suspended' && suspendedFor === 'non_payment'));
}

/** SQL, of `orders as o`. */
export const SUSPENDED_FOR_NON_PAYMENT = `o.status = 'suspended' and o.suspended_for = 'non_payment'`;

/** SQL: `shownOrderStatus`, of `orders as o`. */
export const SHOWN_STATUS_CONDITIONS: Record<ShownOrderStatus, string> = {
  active: `o.status = 'active' and o.paid_until >= :today`,
  overdue: `o.status = 'active' and o.paid_until < :today`,
  suspended_non_payment: SUSPENDED_FOR_NON_PAYMENT,
  suspended_abuse: `o.status = 'suspended' and o.suspended_for = 'abuse'`,
  awaiting_payment: `o.status = 'awaiting_payment'`,
  provisioning: `o.status = 'provisioning'`,
  cancelled: `o.status = 'cancelled'`,
};

/** SQL: `isRenewable`, of `orders as o`. */
export const RENEWABLE = `o.paid_until is not null
  and (o.status = 'active' or (${SUSPENDED_FOR_NON_PAYMENT}))`;

/** SQL: what the customer has to act on, of `orders as o`: unpaid, suspended, over, or about to be. */
export const NEEDS_ATTENTION = `(o.status in ('awaiting_payment', 'suspended')
  or (o.status = 'active' and o.paid_until <= cast(:today as date) + ${ENDING_SOON_DAYS}))`;

/** Whether the customer can cancel it: not while it is being set up, nor when it is suspended for abuse (O5). */
export function isCancellable({ status, suspendedFor }: OrderState): boolean {
  return (
    status === 'awaiting_payment' || status === 'active' || (status === 'suspended' && suspendedFor === 'non_payment')
  );
}

/**
 * In service and paid for, and not about to end: what changing the plan, ending and auto-renewal are for (O5, O8, O9).
 */
export function isInPaidPeriod({ status, paidUntil, endsAtPeriod }: OrderState, today: Day): boolean {
  return status === 'active' && paidUntil !== null && paidUntil >= today && !endsAtPeriod;
}

/** Whether it is about to end with its paid period, which can be undone until then (O9). */
export const isEnding = ({ endsAtPeriod, paidUntil }: OrderState, today: Day): boolean =>
  endsAtPeriod && paidUntil !== null && paidUntil >= today;
