import type { Day } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { CUSTOMER_NAME } from '../identity/user-queries.ts';

/** An order that staff have taken out of the billing calendar. */
export interface LeftOutOrder {
  id: number;
  customerId: number;
  customer: string;
  until: Day;
  reason: string;
}

/** Those that are out today or later, the first to come back at the top. */
export async function listLeftOut(db: Db, today: Day, limit = 100): Promise<LeftOutOrder[]> {
  const { rows } = await db.raw<{ rows: LeftOutOrder[] }>(
    `select o.id, o.customer_id as "customerId", ${CUSTOMER_NAME} as customer, o.left_out_until as until,
       o.left_out_reason as reason
     from orders o
     join customers c on c.id = o.customer_id
     where o.left_out_until >= :today
     order by o.left_out_until, o.id
     limit :limit`,
    { today, limit },
  );
  return rows;
}

/** Until when, and why, an order is out; null: it is in. */
export async function findLeftOut(db: Db, orderId: number, today: Day): Promise<{ until: Day; reason: string } | null> {
  const row = await db('orders')
    .where({ id: orderId })
    .where('left_out_until', '>=', today)
    .first<{ left_out_until: Day; left_out_reason: string } | undefined>('left_out_until', 'left_out_reason');
  return row ? { until: row.left_out_until, reason: row.left_out_reason } : null;
}

/** That staff took an order out of the calendar or put it back. */
export interface LeavingOut {
  at: Date;
  by: string;
  /** Null: it was put back. */
  until: Day | null;
  reason: string;
}

/** All of an order's, from the audit log; its customer does not see them. */
export async function listLeavingOuts(db: Db, orderId: number): Promise<LeavingOut[]> {
  const { rows } = await db.raw<{ rows: LeavingOut[] }>(
    `select a.at, u.email as by, a.details #>> '{after,until}' as until, a.reason
     from audit_log a
     join users u on u.id = a.user_id
     where a.subject_type = 'order'
       and a.subject_id = :orderId
       and a.action in ('order.left_out', 'order.put_back')
     order by a.id desc
     limit 100`,
    { orderId: String(orderId) },
  );
  return rows;
}
