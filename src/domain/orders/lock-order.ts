import type { Day } from '../../platform/clock.ts';
import type { Transaction } from '../../platform/db/database.ts';
import { NotFound } from '../errors.ts';
import { Money } from '../money/money.ts';
import { LINE_UNPAID } from '../invoices/unpaid-queries.ts';
import type { Names } from '../../platform/i18n/names.ts';
import type { Provisioning } from '../catalog/category.ts';
import type { Specification } from '../catalog/plan.ts';
import type { OrderState } from './order.ts';

export interface LockedOrder extends OrderState {
  id: number;
  customerId: number;
  planId: number;
  locationId: number;
  /** From which its address is taken, where its plan is sold with one in its location; null where staff assign it. */
  /** How it gets its server when it is paid. */
  provisioning: Provisioning;
  plan: string;
  category: string;
  specification: Specification;
  /** What its plan says about getting in, with gaps for the address. */
  howToConnect: Names | null;
  hostname: string;
  ip: string | null;
  periodMonths: number;
  price: Money;
  anchorOn: Day | null;
  paidMonths: number;
  autoRenewal: boolean | null;
  endsAtPeriod: boolean;
  /** Whether an unpaid plan change waits for it. Nobody issues one while the customer's ledger account is locked. */
  changeWaits: boolean;
}

type LockedOrderRow = Omit<LockedOrder, 'price'> & { price: string; currency: string };

/**
 * Locks orders by id, after invoices and ledger accounts.
 * @throws {NotFound} when one is missing or another customer's
 */
export async function lockOrders(
  trx: Transaction,
  customerId: number,
  orderIds: number[],
): Promise<Map<number, LockedOrder>> {
  const { rows } = await trx.raw<{ rows: LockedOrderRow[] }>(
    `select o.id, o.customer_id as "customerId", o.plan_id as "planId", p.name as plan, p.category,
       p.specification, p.how_to_connect as "howToConnect", o.location_id as "locationId",
       k.provisioning, o.status, o.suspended_for as "suspendedFor", o.hostname, o.ip,
       o.period_months as "periodMonths", o.price, o.currency, o.anchor_on as "anchorOn",
       o.paid_months as "paidMonths", o.paid_until as "paidUntil", o.auto_renewal as "autoRenewal",
       o.ends_at_period as "endsAtPeriod",
       exists (
         select
         from invoice_lines l
         where l.order_id = o.id
           and l.kind = 'plan_change'
           and ${LINE_UNPAID}
       ) as "changeWaits"
     from orders o
     join plans p on p.id = o.plan_id
     join categories k on k.code = p.category
     where o.id = any(:orderIds)
       and o.customer_id = :customerId
     order by o.id
     for update of o`,
    { orderIds, customerId },
  );
  const orders = new Map(
    rows.map(({ price, currency, ...row }) => [row.id, { ...row, price: Money.of(price, currency) }]),
  );
  if (orderIds.some((id) => !orders.has(id))) throw new NotFound();
  return orders;
}

/** Locks an order, after invoices and ledger accounts. @throws {NotFound} when it is missing or another customer's */
export async function lockOrder(trx: Transaction, customerId: number, orderId: number): Promise<LockedOrder> {
  const orders = await lockOrders(trx, customerId, [orderId]);
  return orders.get(orderId) as LockedOrder;
}
