import type { Day } from '../../platform/clock.ts';
import type { Transaction } from '../../platform/db/database.ts';
import { NotFound } from '../errors.ts';
import { Money } from '../money/money.ts';
import type { Category } from '../catalog/plan.ts';
import type { OrderState, OrderStatus, SuspensionReason } from './order.ts';

export interface LockedOrder extends OrderState {
  id: number;
  customerId: number;
  planId: number;
  plan: string;
  category: Category;
  hostname: string;
  ip: string | null;
  periodMonths: number;
  price: Money;
  anchorOn: Day | null;
  paidMonths: number;
  autoRenewal: boolean | null;
  endsAtPeriod: boolean;
}

/** Locks an order, after invoices and ledger accounts. @throws {NotFound} when it is missing or another customer's */
export async function lockOrder(trx: Transaction, customerId: number, orderId: number): Promise<LockedOrder> {
  const row = await trx('orders as o')
    .join('plans as p', 'p.id', 'o.plan_id')
    .where({ 'o.id': orderId, 'o.customer_id': customerId })
    .forUpdate('o')
    .first<
      | {
          id: number;
          customer_id: number;
          plan_id: number;
          plan: string;
          category: Category;
          status: OrderStatus;
          suspended_for: SuspensionReason | null;
          hostname: string;
          ip: string | null;
          period_months: number;
          price: string;
          currency: string;
          anchor_on: Day | null;
          paid_months: number;
          paid_until: Day | null;
          auto_renewal: boolean | null;
          ends_at_period: boolean;
        }
      | undefined
    >('o.*', 'p.name as plan', 'p.category');
  if (!row) throw new NotFound();
  return {
    id: row.id,
    customerId: row.customer_id,
    planId: row.plan_id,
    plan: row.plan,
    category: row.category,
    status: row.status,
    suspendedFor: row.suspended_for,
    hostname: row.hostname,
    ip: row.ip,
    periodMonths: row.period_months,
    price: Money.of(row.price, row.currency),
    anchorOn: row.anchor_on,
    paidMonths: row.paid_months,
    paidUntil: row.paid_until,
    autoRenewal: row.auto_renewal,
    endsAtPeriod: row.ends_at_period,
  };
}
