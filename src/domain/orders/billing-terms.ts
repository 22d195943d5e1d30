import { addDays, type Day } from '../../platform/clock.ts';
import type { BillingTerms } from '../catalog/category.ts';
import type { OrderDetails } from './order-queries.ts';

/** SQL: `invoiceDays` of the category of `orders as o`. */
export const INVOICE_DAYS = `(
  select k.invoice_days
  from plans p
  join categories k on k.code = p.category
  where p.id = o.plan_id
)`;
/** SQL: the most of any category, so that the orders in question are found by the index of their last day. */
export const MOST_INVOICE_DAYS = '(select coalesce(max(invoice_days), 0) from categories)';

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
