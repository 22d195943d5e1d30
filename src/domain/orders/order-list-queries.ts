import type { Day } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { type ListWindow, nearerEnd } from '../../platform/db/list-window.ts';
import { type Direction, likeAnywhere } from '../../platform/db/search.ts';
import { streamRows } from '../../platform/db/stream-rows.ts';
import type { Category } from '../catalog/plan.ts';
import { openInvoiceOf } from './open-invoice.ts';
import { type OrderListItem, type OrderRow, toOrder } from './order-row.ts';
import { type ShownOrderStatus, SUSPENDED_FOR_NON_PAYMENT } from './order.ts';

export const ORDER_SORTS = [
  'id',
  'plan',
  'ip',
  'paid_until',
  'days_left',
  'status',
  'price',
  'created',
  'service_name',
  'comment',
] as const;
export type OrderSort = (typeof ORDER_SORTS)[number];

export interface OrderFilter {
  customerId: number;
  q: string;
  status?: ShownOrderStatus | undefined;
  category?: Category | undefined;
}

/** The order in which statuses sort: running orders first, cancelled ones last. */
const STATUS_RANK = `case o.status
  when 'active' then case when o.paid_until >= :today then 1 else 2 end
  when 'suspended' then case o.suspended_for when 'non_payment' then 3 else 4 end
  when 'awaiting_payment' then 5
  when 'provisioning' then 6
  else 7
end`;

const SORT_EXPRESSIONS: Record<OrderSort, string> = {
  id: 'o.id',
  plan: 'p.name',
  ip: 'o.ip',
  paid_until: 'o.paid_until',
  days_left: `case when o.status <> 'cancelled' then o.paid_until end`,
  status: STATUS_RANK,
  price: 'o.price',
  created: 'o.created_at',
  service_name: `nullif(o.service_name, '')`,
  comment: `nullif(o.comment, '')`,
};

/** Sorts whose rows can lack a value; those come last both ways. Without that clause an index serves both ways. */
const NULLABLE: OrderSort[] = ['ip', 'paid_until', 'days_left', 'service_name', 'comment'];

const STATUS_CONDITIONS: Record<ShownOrderStatus, string> = {
  active: `o.status = 'active' and o.paid_until >= :today`,
  overdue: `o.status = 'active' and o.paid_until < :today`,
  suspended_non_payment: SUSPENDED_FOR_NON_PAYMENT,
  suspended_abuse: `o.status = 'suspended' and o.suspended_for = 'abuse'`,
  awaiting_payment: `o.status = 'awaiting_payment'`,
  provisioning: `o.status = 'provisioning'`,
  cancelled: `o.status = 'cancelled'`,
};

/** Every word must be found somewhere in the order's search text (rule O2). */
function conditions(filter: OrderFilter): { where: string; bindings: Record<string, string | number> } {
  const bindings: Record<string, string | number> = { customerId: filter.customerId };
  const parts = ['o.customer_id = :customerId'];
  const words = filter.q.toLowerCase().split(/\s+/).filter(Boolean);
  words.forEach((word, index) => {
    parts.push(`o.search_text like :word${index}`);
    bindings[`word${index}`] = likeAnywhere(word);
  });
  if (filter.status) parts.push(STATUS_CONDITIONS[filter.status]);
  if (filter.category) {
    parts.push('o.plan_id in (select id from plans where category = :category)');
    bindings['category'] = filter.category;
  }
  return { where: parts.join(' and '), bindings };
}

export interface OrderWindow extends ListWindow {
  sort: OrderSort;
  dir: Direction;
}

/** One page of a customer's orders, in one query; the open invoices are looked up for the page's rows only. */
export async function listOrders(
  db: Db,
  filter: OrderFilter,
  today: Day,
  window: OrderWindow,
): Promise<OrderListItem[]> {
  const { rows } = await ordersQuery(db, filter, today, window);
  return rows.map((row) => toOrder(row, today));
}

/** All of them, as they are read. */
export const streamOrders = (db: Db, filter: OrderFilter, today: Day, order: Pick<OrderWindow, 'sort' | 'dir'>) =>
  streamRows(db, ordersQuery(db, filter, today, order), (row) => toOrder(row, today));

/** SQL; `sort` and `dir` come from closed sets, so they may be part of it. Reversed, the same index serves it. */
function orderBy({ sort, dir }: Pick<OrderWindow, 'sort' | 'dir'>, { reversed = false } = {}): string {
  const direction = (dir === 'desc') !== reversed ? 'desc' : 'asc';
  if (sort === 'id') return `o.id ${direction}`;
  const nulls = NULLABLE.includes(sort) ? `nulls ${reversed ? 'first' : 'last'}` : '';
  return `${SORT_EXPRESSIONS[sort]} ${direction} ${nulls}, o.id ${direction}`;
}

function ordersQuery(
  db: Db,
  filter: OrderFilter,
  today: Day,
  window: Pick<OrderWindow, 'sort' | 'dir'> & Partial<ListWindow>,
) {
  const { where, bindings } = conditions(filter);
  const { limit = null, offset = 0, found = 0 } = window;
  const { fromEnd, ...slice } =
    limit === null ? { fromEnd: false, limit, offset } : nearerEnd({ limit, offset, found });
  const order = orderBy(window, { reversed: fromEnd });
  return db.raw<{ rows: OrderRow[] }>(
    `select page.*, i.id as open_invoice_id
     from (
       select o.id, p.name as plan, p.code as plan_code, p.location, p.category, p.specification, host(o.ip) as ip,
         o.paid_until, o.status, o.suspended_for, o.price, o.currency, o.period_months, o.service_name, o.hostname,
         o.comment, o.created_at, o.ends_at_period, row_number() over (order by ${order}) as position
       from orders o
       join plans p on p.id = o.plan_id
       where ${where}
       order by ${order}
       limit :limit
       offset :offset
     ) page
     left join lateral (
       ${openInvoiceOf('page.id')}
     ) i on true
     order by position ${fromEnd ? 'desc' : 'asc'}`,
    { ...bindings, today, limit: slice.limit, offset: slice.offset },
  );
}

export interface OrderCounts {
  /** Of the customer. */
  all: number;
  /** Those that the customer has to act on. */
  needAttention: number;
  /** Those that the filter finds. */
  found: number;
}

/** The counts of the list and of its heading, in one pass over the customer's orders. */
export async function countOrders(db: Db, filter: OrderFilter, today: Day): Promise<OrderCounts> {
  const { where, bindings } = conditions(filter);
  const { rows } = await db.raw<{ rows: OrderCounts[] }>(
    `select count(*) as "all",
       count(*) filter (
         where o.status in ('awaiting_payment', 'suspended')
           or (o.status = 'active' and o.paid_until < :today)
       ) as "needAttention",
       count(*) filter (where ${where}) as found
     from orders o
     where o.customer_id = :customerId`,
    { ...bindings, today },
  );
  return rows[0] as OrderCounts;
}
