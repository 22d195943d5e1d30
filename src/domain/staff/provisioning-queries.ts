import type { Db } from '../../platform/db/database.ts';
import type { Names } from '../../platform/i18n/names.ts';
import { GIVES_ADDRESSES } from '../networks/take-address.ts';
import type { Specification } from '../catalog/plan.ts';

export interface WaitingOrder {
  id: number;
  customerId: number;
  customer: string;
  plan: string;
  /** Where it is to stand. */
  location: Names;
  hostname: string;
  os: string;
  /** A line of authorized_keys to install; empty without one. */
  sshKey: string;
  /** What was ordered with it. */
  options: Names[];
  category: string;
  specification: Specification;
  /** Its location has networks that give addresses, and none was free. */
  poolEmpty: boolean;
  createdAt: Date;
}

/** Paid orders that wait to be set up by staff, the oldest first (rule O11). */
export async function listWaitingOrders(db: Db, limit = 200): Promise<WaitingOrder[]> {
  const rows = await db('orders as o')
    .join('plans as p', 'p.id', 'o.plan_id')
    .join('categories as k', 'k.code', 'p.category')
    .join('locations as l', 'l.id', 'o.location_id')
    .join('customers as c', 'c.id', 'o.customer_id')
    .where('o.status', 'provisioning')
    .orderBy('o.id')
    .limit(limit)
    .select(
      'o.id',
      'o.customer_id',
      'o.hostname',
      'o.os',
      'o.ssh_key',
      'p.category',
      'p.specification',
      db.raw(
        `array(
           select n.names
           from order_options x
           join plan_options n on n.id = x.option_id
           where x.order_id = o.id
           order by n.position
         ) as options`,
      ),
      'o.created_at',
      'p.name as plan',
      db.raw(`k.provisioning = 'automatic' and exists (
        select
        from networks n
        where n.location_id = o.location_id
          and ${GIVES_ADDRESSES}
      ) as pool_empty`),
      'l.names as location',
      'c.company_name',
      'c.first_name',
      'c.last_name',
    );
  return rows.map((row) => ({
    id: row.id,
    customerId: row.customer_id,
    customer: row.company_name || `${row.first_name} ${row.last_name}`.trim(),
    plan: row.plan,
    location: row.location,
    hostname: row.hostname,
    os: row.os,
    sshKey: row.ssh_key,
    options: row.options,
    category: row.category,
    specification: row.specification,
    poolEmpty: row.pool_empty,
    createdAt: row.created_at,
  }));
}
