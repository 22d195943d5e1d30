import { addDays, type Day } from '../clock.ts';
import type { Category } from '../catalog/plan.ts';
import type { OrderListItem } from './order-row.ts';
import type { Db, Transaction } from '../db/database.ts';

/** What happens to an unpaid order, by days after its paid-until date (rule B4). */
export interface BillingTerms {
  graceDays: number;
  suspendedDays: number;
}

export type TermsByCategory = Record<Category, BillingTerms>;

export async function getBillingTerms(db: Db | Transaction): Promise<TermsByCategory> {
  const rows =
    await db('billing_terms').select<{ category: Category; grace_days: number; suspended_days: number }[]>();
  return Object.fromEntries(
    rows.map((row) => [row.category, { graceDays: row.grace_days, suspendedDays: row.suspended_days }]),
  ) as TermsByCategory;
}

/** From so many days before the end of the period on, the order's page says what happens then. */
const SOON_DAYS = 14;

/** The first day after the grace period, on which it is suspended unless it is paid. */
export const suspensionDay = (paidUntil: Day, { graceDays }: BillingTerms): Day =>
  addDays(paidUntil, graceDays + 1);

/** The day on which a suspended order is cancelled unless it is paid. */
export const cancellationDay = (paidUntil: Day, terms: BillingTerms): Day =>
  addDays(suspensionDay(paidUntil, terms), terms.suspendedDays);

/** When an order whose period is about to end, or has ended, is suspended and cancelled; null while that is far off. */
export function unpaidFateOf(
  {
    status,
    paidUntil,
    daysLeft,
    endsAtPeriod,
  }: Pick<OrderListItem, 'status' | 'paidUntil' | 'daysLeft' | 'endsAtPeriod'>,
  terms: BillingTerms,
): { suspendedOn: Day | null; cancelledOn: Day } | null {
  if (paidUntil === null || endsAtPeriod) return null;
  const soon = status === 'overdue' || (status === 'active' && daysLeft !== null && daysLeft <= SOON_DAYS);
  if (!soon && status !== 'suspended_non_payment') return null;
  return {
    suspendedOn: soon ? suspensionDay(paidUntil, terms) : null,
    cancelledOn: cancellationDay(paidUntil, terms),
  };
}
