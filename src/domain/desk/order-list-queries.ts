import type { Day } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { CUSTOMER_NAME } from '../identity/user-queries.ts';
import { type OrderListItem, type OrderRow, toOrder } from '../orders/order-row.ts';
import { SHOWN_STATUS_CONDITIONS, type ShownOrderStatus } from '../orders/order.ts';
import { likeBeginning, searchTerm } from './search-term.ts';
import type { StaffList } from './staff-list.ts';

export interface StaffOrderFilter {
  /** An order's number, an address, or how a hostname begins. */
  q: string;
  status?: ShownOrderStatus | undefined;
  category?: string | undefined;
  /** A plan's code. */
  plan?: string | undefined;
  /** A location's code. */
  location?: string | undefined;
  customer?: number | undefined;
  /** Days of the end of the paid period, both included. */
  paidFrom?: Day | undefined;
  paidTo?: Day | undefined;
  autoRenewal?: boolean | undefined;
}

export const STAFF_ORDER_SORTS = ['id', 'paid_until'] as const;

/** An order with whose it is. */
export interface StaffOrder extends OrderListItem {
  customerId: number;
  customer: string;
  /** By its own setting or the account's. */
  autoRenewal: boolean;
}

type Row = OrderRow & { customer_id: number; customer: string; renews: boolean };

/** All orders, as of a day. */
export const staffOrders = (
  today: Day,
): StaffList<StaffOrderFilter, (typeof STAFF_ORDER_SORTS)[number], Row, StaffOrder> => ({
  alias: 'o',
  sorts: { id: 'id', paid_until: 'paid_until' },
  found(db: Db, filter) {
    const query = db('orders as o');
    if (filter.q) {
      const { id, ip, text } = searchTerm(filter.q);
      if (id !== null) void query.where('o.id', id);
      else if (ip) void query.where('o.ip', ip);
      else void query.whereNot('o.hostname', '').whereRaw('lower(o.hostname) like ?', [likeBeginning(text)]);
    }
    // Part of the statement, so that the planner knows which index holds only such orders.
    if (filter.status) void query.whereRaw(SHOWN_STATUS_CONDITIONS[filter.status], { today });
    if (filter.category)
      void query.whereRaw('o.plan_id in (select id from plans where category = ?)', [filter.category]);
    if (filter.plan) void query.whereRaw('o.plan_id = (select id from plans where code = ?)', [filter.plan]);
    if (filter.location)
      void query.whereRaw('o.location_id = (select id from locations where code = ?)', [filter.location]);
    if (filter.customer) void query.where('o.customer_id', filter.customer);
    if (filter.paidFrom) void query.where('o.paid_until', '>=', filter.paidFrom);
    if (filter.paidTo) void query.where('o.paid_until', '<=', filter.paidTo);
    if (filter.autoRenewal !== undefined)
      void query.whereRaw(
        'coalesce(o.auto_renewal, (select auto_renewal from customers where id = o.customer_id)) = ?',
        [filter.autoRenewal],
      );
    return query;
  },
  shown: (page) =>
    page
      .join('plans as p', 'p.id', 'o.plan_id')
      .join('locations as l', 'l.id', 'o.location_id')
      .join('customers as c', 'c.id', 'o.customer_id')
      .select(
        'o.id',
        'p.name as plan',
        'p.code as plan_code',
        'l.names as location',
        'p.category',
        'p.specification',
        'o.paid_until',
        'o.status',
        'o.suspended_for',
        'o.price',
        'o.currency',
        'o.period_months',
        'o.service_name',
        'o.hostname',
        'o.comment',
        'o.created_at',
        'o.ends_at_period',
        'o.customer_id',
        page.client.raw(
          `host(o.ip) as ip, null as open_invoice_id, ${CUSTOMER_NAME} as customer,
           coalesce(o.auto_renewal, c.auto_renewal) as renews`,
        ),
      ),
  toItem: (row) => ({
    ...toOrder(row, today),
    customerId: row.customer_id,
    customer: row.customer,
    autoRenewal: row.renews,
  }),
});
