import type { Day } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { NotFound } from '../errors.ts';
import type { Names } from '../../platform/i18n/names.ts';
import { openInvoiceOf } from './open-invoice.ts';
import { type OrderListItem, type OrderRow, toOrder } from './order-row.ts';
import type { OrderEventKind } from './record-order-event.ts';

export interface OrderDetails extends OrderListItem {
  customerId: number;
  planId: number;
  locationId: number;
  /** The line of authorized_keys it was ordered with; empty without one. */
  sshKey: string;
  /** What its plan says about getting in, with gaps for the address. */
  howToConnect: Names | null;
  os: string;
  anchorOn: Day | null;
  paidMonths: number;
  activatedAt: Date | null;
  cancelledAt: Date | null;
  suspendedOn: Day | null;
  /** Null: inherited from the account. */
  autoRenewal: boolean | null;
  accountAutoRenewal: boolean;
}

/** @throws {NotFound} when it is missing or another customer's */
export async function getOrderForCustomer(
  db: Db,
  customerId: number,
  orderId: number,
  today: Day,
): Promise<OrderDetails> {
  const { rows } = await db.raw<{
    rows: (OrderRow & {
      customer_id: number;
      plan_id: number;
      location_id: number;
      ssh_key: string;
      how_to_connect: Names | null;
      os: string;
      anchor_on: Day | null;
      paid_months: number;
      activated_at: Date | null;
      cancelled_at: Date | null;
      suspended_on: Day | null;
      auto_renewal: boolean | null;
      account_auto_renewal: boolean;
    })[];
  }>(
    `select o.id, o.customer_id, o.plan_id, p.name as plan, p.code as plan_code, l.names as location,
       o.location_id, o.ssh_key, p.how_to_connect, p.category, p.specification, host(o.ip) as ip, o.paid_until,
       o.status, o.suspended_for, o.price, o.currency,
       o.period_months, o.service_name, o.hostname, o.comment, o.created_at, o.os, o.anchor_on, o.paid_months,
       o.activated_at, o.cancelled_at, o.suspended_on, o.auto_renewal, o.ends_at_period,
       c.auto_renewal as account_auto_renewal,
       (
         ${openInvoiceOf('o.id')}
       ) as open_invoice_id
     from orders o
     join plans p on p.id = o.plan_id
     join locations l on l.id = o.location_id
     join customers c on c.id = o.customer_id
     where o.customer_id = ?
       and o.id = ?`,
    [customerId, orderId],
  );
  const [row] = rows;
  if (!row) throw new NotFound();
  return {
    ...toOrder(row, today),
    customerId: row.customer_id,
    planId: row.plan_id,
    locationId: row.location_id,
    sshKey: row.ssh_key,
    howToConnect: row.how_to_connect,
    os: row.os,
    anchorOn: row.anchor_on,
    paidMonths: row.paid_months,
    activatedAt: row.activated_at,
    cancelledAt: row.cancelled_at,
    suspendedOn: row.suspended_on,
    autoRenewal: row.auto_renewal,
    accountAutoRenewal: row.account_auto_renewal,
  };
}

export interface OrderHistoryEntry {
  kind: OrderEventKind;
  details: Record<string, string | number | null | Names>;
  at: Date;
  by: string | null;
  byStaff: boolean;
  invoice: { id: number; number: string } | null;
}

/** What happened to an order, newest first; staff are named to staff only. */
export async function listOrderHistory(
  db: Db,
  orderId: number,
  { naming = 'members' }: { naming?: 'members' | 'everybody' } = {},
): Promise<OrderHistoryEntry[]> {
  const rows = await db('order_events as e')
    .leftJoin('invoices as i', 'i.id', 'e.invoice_id')
    .leftJoin('users as u', 'u.id', 'e.user_id')
    .where('e.order_id', orderId)
    .orderBy('e.id', 'desc')
    .limit(100)
    .select('e.kind', 'e.details', 'e.at', 'i.id as invoice_id', 'i.number', 'u.email', 'u.staff_role');
  return rows.map((row) => ({
    kind: row.kind,
    details: row.details,
    at: row.at,
    by: row.staff_role && naming === 'members' ? null : row.email,
    byStaff: row.staff_role !== null,
    invoice: row.invoice_id ? { id: row.invoice_id, number: row.number } : null,
  }));
}
