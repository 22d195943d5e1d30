import type { Db } from '../../platform/db/database.ts';

export interface WaitingOrder {
  id: number;
  customerId: number;
  customer: string;
  plan: string;
  hostname: string;
  os: string;
  /** Its plan has a pool of addresses, which was empty. */
  poolEmpty: boolean;
  createdAt: Date;
}

/** Paid orders that wait to be set up by staff, the oldest first (rule O11). */
export async function listWaitingOrders(db: Db, limit = 200): Promise<WaitingOrder[]> {
  const rows = await db('orders as o')
    .join('plans as p', 'p.id', 'o.plan_id')
    .join('customers as c', 'c.id', 'o.customer_id')
    .where('o.status', 'provisioning')
    .orderBy('o.id')
    .limit(limit)
    .select(
      'o.id',
      'o.customer_id',
      'o.hostname',
      'o.os',
      'o.created_at',
      'p.name as plan',
      'p.address_pool_id',
      'c.company_name',
      'c.first_name',
      'c.last_name',
    );
  return rows.map((row) => ({
    id: row.id,
    customerId: row.customer_id,
    customer: row.company_name || `${row.first_name} ${row.last_name}`.trim(),
    plan: row.plan,
    hostname: row.hostname,
    os: row.os,
    poolEmpty: row.address_pool_id !== null,
    createdAt: row.created_at,
  }));
}
