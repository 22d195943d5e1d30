import type { Day } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import type { Names } from '../../platform/i18n/names.ts';
import type { OrderStatus } from './order.ts';

export interface InvoicedOrder {
  id: number;
  /** Its hostname, or its plan where it has none. */
  name: string;
  status: OrderStatus;
  paidUntil: Day | null;
  /** The plan that was moved to; null where the plan stays. */
  newPlan: string | null;
  /** The options that were added; null where none were. */
  addedOptions: Names | null;
}

/** The orders that invoices have a line for, as they are now, with what the line changed. */
export async function listInvoicedOrders(db: Db, customerId: number, invoiceIds: number[]): Promise<InvoicedOrder[]> {
  const { rows } = await db.raw<{ rows: InvoicedOrder[] }>(
    `select o.id, coalesce(nullif(o.hostname, ''), p.name) as name, o.status, o.paid_until as "paidUntil",
       case when change.details -> 'options' is null then change.details ->> 'plan' end as "newPlan",
       change.details -> 'options' as "addedOptions"
     from orders o
     join plans p on p.id = o.plan_id
     left join lateral (
       select l.details
       from invoice_lines l
       where l.order_id = o.id
         and l.kind = 'plan_change'
         and l.invoice_id = any(:invoiceIds)
       order by l.id desc
       limit 1
     ) change on true
     where o.customer_id = :customerId
       and o.id in (select order_id from invoice_lines where invoice_id = any(:invoiceIds))
     order by o.id`,
    { customerId, invoiceIds },
  );
  return rows;
}
