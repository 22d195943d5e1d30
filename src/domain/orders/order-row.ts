import type { Day } from '../../platform/clock.ts';
import { Money } from '../money/money.ts';
import type { Names } from '../../platform/i18n/names.ts';
import type { Specification } from '../catalog/plan.ts';
import {
  daysLeft,
  isCancellable,
  isEnding,
  isInPaidPeriod,
  isRenewable,
  type OrderStatus,
  shownOrderStatus,
  type ShownOrderStatus,
  type SuspensionReason,
} from './order.ts';

export interface OrderListItem {
  id: number;
  plan: string;
  planCode: string;
  /** What the place is called where it stands. */
  location: Names;
  category: string;
  specification: Specification;
  ip: string | null;
  paidUntil: Day | null;
  daysLeft: number | null;
  status: ShownOrderStatus;
  price: Money;
  periodMonths: number;
  serviceName: string;
  hostname: string;
  comment: string;
  createdAt: Date;
  /** Whether the customer can end it now. */
  cancellable: boolean;
  /** Whether another period can be bought now. */
  renewable: boolean;
  /** The order's first unpaid invoice. */
  openInvoiceId: number | null;
  /** Whether its plan can be changed now, its end be set, its auto-renewal be chosen. */
  inPaidPeriod: boolean;
  /** Cancelled as of the end of its paid period, which can be undone until then. */
  endsAtPeriod: boolean;
}

/** What the queries of orders select of `orders as o`, `plans as p` and `locations as l`. */
export interface OrderRow {
  id: number;
  plan: string;
  plan_code: string;
  location: Names;
  category: string;
  specification: Specification;
  ip: string | null;
  paid_until: Day | null;
  status: OrderStatus;
  suspended_for: SuspensionReason | null;
  price: string;
  currency: string;
  period_months: number;
  service_name: string;
  hostname: string;
  comment: string;
  created_at: Date;
  ends_at_period: boolean;
  open_invoice_id: number | null;
}

export function toOrder(row: OrderRow, today: Day): OrderListItem {
  const state = {
    status: row.status,
    suspendedFor: row.suspended_for,
    paidUntil: row.paid_until,
    endsAtPeriod: row.ends_at_period,
  };
  return {
    id: row.id,
    plan: row.plan,
    planCode: row.plan_code,
    location: row.location,
    category: row.category,
    specification: row.specification,
    ip: row.ip,
    paidUntil: row.paid_until,
    daysLeft: daysLeft(state, today),
    status: shownOrderStatus(state, today),
    price: Money.of(row.price, row.currency),
    periodMonths: row.period_months,
    serviceName: row.service_name,
    hostname: row.hostname,
    comment: row.comment,
    createdAt: row.created_at,
    cancellable: isCancellable(state),
    renewable: isRenewable(state),
    openInvoiceId: row.open_invoice_id,
    inPaidPeriod: isInPaidPeriod(state, today),
    endsAtPeriod: isEnding(state, today),
  };
}
