import type { Day } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import type { OrderStatus } from './order.ts';

export interface InvoicedOrder {
  id: number;
  /** Its hostname, or its plan where it has none. */
  name: string;
  status: OrderStatus;
  paidUntil: Day | null;
}

/** The orders that invoices have a line for, as they are now. */
export async function listInvoicedOrders(db: Db, customerId: number, invoiceIds: number[]): Promise<InvoicedOrder[]> {
  const { rows } = await db.raw<{ rows: InvoicedOrder[] }>(
    `select o.id, coalesce(nullif(o.hostname, ''), p.name) as name, o.status, o.paid_until as "paidUntil"
     from orders o
     join plans p on p.id = o.plan_id
     where o.customer_id = :customerId
       and o.id in (select order_id from invoice_lines where invoice_id = any(:invoiceIds))
     order by o.id`,
    { customerId, invoiceIds },
  );
  return rows;
}
