import { addDays, type Day } from '../../platform/clock.ts';
import type { BillingTerms } from '../catalog/category.ts';
import type { OrderDetails } from './order-queries.ts';

/**
 * Days before the paid-until date from which renewals are invoiced, and with auto-renewal paid (rules B1, B2);
 * the first reminder goes out then (B3).
 */
export const RENEWAL_DAYS_BEFORE = 5;

/** `suspensionDay` in SQL, of `orders as o` and `categories as b`. */
export const SUSPENSION_DAY = '(o.paid_until + 1 + b.grace_days)';
/** `cancellationDay` in SQL, of the same. */
export const CANCELLATION_DAY = `(coalesce(o.suspended_on, ${SUSPENSION_DAY}) + b.suspended_days)`;

/** Days before the end of the period from which the order's page shows what happens then. */
const SOON_DAYS = 14;

/** The first day after the grace period, on which an unpaid order is suspended. */
export const suspensionDay = (paidUntil: Day, { graceDays }: Pick<BillingTerms, 'graceDays'>): Day =>
  addDays(paidUntil, graceDays + 1);

/**
 * The day on which a suspended order is cancelled unless it is paid.
 * @param suspendedOn the day it was suspended; without one, the day that the terms give
 */
export const cancellationDay = (paidUntil: Day, terms: BillingTerms, suspendedOn?: Day | null): Day =>
  addDays(suspendedOn ?? suspensionDay(paidUntil, terms), terms.suspendedDays);

/** When an order whose period is about to end, or has ended, is suspended and cancelled; null while that is far off. */
export function suspensionDatesOf(
  {
    status,
    paidUntil,
    daysLeft,
    endsAtPeriod,
    suspendedOn,
  }: Pick<OrderDetails, 'status' | 'paidUntil' | 'daysLeft' | 'endsAtPeriod' | 'suspendedOn'>,
  terms: BillingTerms,
): { suspendedOn: Day | null; cancelledOn: Day } | null {
  if (paidUntil === null || endsAtPeriod) return null;
  const soon = status === 'overdue' || (status === 'active' && daysLeft !== null && daysLeft <= SOON_DAYS);
  if (!soon && status !== 'suspended_non_payment') return null;
  return {
    suspendedOn: soon ? suspensionDay(paidUntil, terms) : null,
    cancelledOn: cancellationDay(paidUntil, terms, suspendedOn),
  };
}
