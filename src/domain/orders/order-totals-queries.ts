import type { Day } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { NEEDS_ATTENTION } from './order.ts';

export interface OrderTotals {
  all: number;
  /** Those that the customer has to act on. */
  needAttention: number;
  /** Whether one was ever paid. */
  anyPaid: boolean;
}

/** What a customer has ordered, in numbers. */
export async function getOrderTotals(db: Db, customerId: number, today: Day): Promise<OrderTotals> {
  const { rows } = await db.raw<{ rows: OrderTotals[] }>(
    `select count(*) as "all", count(*) filter (where ${NEEDS_ATTENTION}) as "needAttention",
       coalesce(bool_or(o.anchor_on is not null or o.status = 'provisioning'), false) as "anyPaid"
     from orders o
     where o.customer_id = :customerId`,
    { customerId, today },
  );
  return rows[0] as OrderTotals;
}
