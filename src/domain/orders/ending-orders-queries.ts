import type { Day } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { Money } from '../money/money.ts';
import { openInvoiceOf } from './open-invoice.ts';
import {
  daysLeft,
  isEnding,
  type OrderStatus,
  RENEWABLE,
  shownOrderStatus,
  type ShownOrderStatus,
  type SuspensionReason,
} from './order.ts';

export interface EndingOrder {
  id: number;
  plan: string;
  hostname: string;
  paidUntil: Day;
  daysLeft: number | null;
  status: ShownOrderStatus;
  endsAtPeriod: boolean;
  price: Money;
  openInvoiceId: number | null;
}

/**
 * Orders in service, or suspended for non-payment, whose paid period ends by a day; the soonest first.
 */
export async function listOrdersEndingBy(
  db: Db,
  customerId: number,
  day: Day,
  today: Day,
  limit = 10,
): Promise<EndingOrder[]> {
  const { rows } = await db.raw<{
    rows: {
      id: number;
      plan: string;
      hostname: string;
      paid_until: Day;
      status: OrderStatus;
      suspended_for: SuspensionReason | null;
      ends_at_period: boolean;
      price: string;
      currency: string;
      open_invoice_id: number | null;
    }[];
  }>(
    `select o.id, p.name as plan, o.hostname, o.paid_until, o.status, o.suspended_for,
       o.ends_at_period, o.price, o.currency,
       (
         ${openInvoiceOf('o.id')}
       ) as open_invoice_id
     from orders o
     join plans p on p.id = o.plan_id
     where o.customer_id = :customerId
       and o.paid_until <= :day
       and ${RENEWABLE}
     order by o.paid_until, o.id
     limit :limit`,
    { customerId, day, limit },
  );
  return rows.map((row) => {
    const { status, suspended_for: suspendedFor, paid_until: paidUntil } = row;
    const state = { status, suspendedFor, paidUntil, endsAtPeriod: row.ends_at_period };
    return {
      id: row.id,
      plan: row.plan,
      hostname: row.hostname,
      paidUntil: row.paid_until,
      daysLeft: daysLeft(state, today),
      status: shownOrderStatus(state, today),
      endsAtPeriod: isEnding(state, today),
      price: Money.of(row.price, row.currency),
      openInvoiceId: row.open_invoice_id,
    };
  });
}
