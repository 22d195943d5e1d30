import type { Day } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { type ListWindow, nearerEnd } from '../../platform/db/list-window.ts';
import { type Direction, likeAnywhere } from '../../platform/db/search.ts';
import { streamRows } from '../../platform/db/stream-rows.ts';
import { suspensionDay } from './billing-terms.ts';
import { openInvoiceOf } from './open-invoice.ts';
import { type OrderListItem, type OrderRow, toOrder } from './order-row.ts';
import { NEEDS_ATTENTION, SHOWN_STATUS_CONDITIONS, type ShownOrderStatus } from './order.ts';

export const ORDER_SORTS = [
  'attention',
  'id',
  'plan',
  'hostname',
  'ip',
  'paid_until',
  'days_left',
  'status',
  'price',
  'comment',
  'created',
] as const;
export type OrderSort = (typeof ORDER_SORTS)[number];

export interface OrderFilter {
  customerId: number;
  q: string;
  status?: ShownOrderStatus | undefined;
  category?: string | undefined;
  /** Only those that the customer has to act on. */
  attention?: boolean;
  /** What each status is called where the search is typed, so that it can be found by its name. */
  statusNames?: Record<ListedStatus, string>;
}

/** A status as the list shows it: an order that ends with its period has a badge of its own. */
export type ListedStatus = ShownOrderStatus | 'ending';

/** An order as a row of the list, with what stands beneath its status. */
export interface ListedOrder extends OrderListItem {
  /** Whether it renews itself, by its own setting or the account's. */
  renewsItself: boolean;
  /** Until when its first unpaid invoice is to be paid. */
  payBy: Day | null;
  /** When it is suspended unless it is paid; of an overdue one only. */
  suspendedOn: Day | null;
  /** What the customer said when they cancelled it. */
  cancelReason: string;
}

/** The order in which statuses sort: running orders first, cancelled ones last. */
const STATUS_RANK = `case o.status
  when 'active' then case when o.paid_until >= :today then 1 else 2 end
  when 'suspended' then case o.suspended_for when 'non_payment' then 3 else 4 end
  when 'awaiting_payment' then 5
  when 'provisioning' then 6
  else 7
end`;

/** What has to be acted on first, then what runs, then what is over; each by the end of its period. */
const ATTENTION_RANK = `case
  when o.status = 'suspended' then 1
  when o.status = 'active' and o.paid_until < :today then 2
  when o.status = 'awaiting_payment' then 3
  when o.status = 'active' then 4
  when o.status = 'provisioning' then 5
  else 6
end`;

const SORT_EXPRESSIONS: Record<OrderSort, string> = {
  attention: ATTENTION_RANK,
  id: 'o.id',
  plan: 'p.name',
  hostname: `nullif(o.hostname, '')`,
  ip: 'o.ip',
  paid_until: 'o.paid_until',
  days_left: `case when o.status <> 'cancelled' then o.paid_until end`,
  status: STATUS_RANK,
  price: 'o.price',
  created: 'o.created_at',
  comment: `nullif(o.comment, '')`,
};

/** Sorts whose rows can lack a value; those come last both ways. Without that clause an index serves both ways. */
const NULLABLE: OrderSort[] = ['ip', 'paid_until', 'days_left', 'hostname', 'comment'];

const LISTED_CONDITIONS: Record<ListedStatus, string> = {
  ...SHOWN_STATUS_CONDITIONS,
  ending: `o.status = 'active' and o.ends_at_period and o.paid_until >= :today`,
};

/** Every word must be found in what the order's row shows: its texts, or its status (rule O2). */
function conditions(filter: OrderFilter): { where: string; bindings: Record<string, string | number> } {
  const bindings: Record<string, string | number> = { customerId: filter.customerId };
  const parts = ['o.customer_id = :customerId'];
  const words = filter.q.toLowerCase().split(/\s+/).filter(Boolean);
  words.forEach((word, index) => {
    const statuses = Object.entries(filter.statusNames ?? {})
      .filter(([, name]) => name.toLowerCase().includes(word))
      .map(([status]) => LISTED_CONDITIONS[status as ListedStatus]);
    const anywhere = [`o.search_text like :word${index}`, ...statuses];
    parts.push(`(${anywhere.map((condition) => `(${condition})`).join(' or ')})`);
    bindings[`word${index}`] = likeAnywhere(word);
  });
  if (filter.status) parts.push(SHOWN_STATUS_CONDITIONS[filter.status]);
  if (filter.category) {
    parts.push('o.plan_id in (select id from plans where category = :category)');
    bindings['category'] = filter.category;
  }
  if (filter.attention) parts.push(NEEDS_ATTENTION);
  return { where: parts.join(' and '), bindings };
}

export interface OrderWindow extends ListWindow {
  sort: OrderSort;
  dir: Direction;
}

/** One page of a customer's orders, in one query; the open invoices are looked up for the page's rows only. */
export async function listOrders(db: Db, filter: OrderFilter, today: Day, window: OrderWindow): Promise<ListedOrder[]> {
  const { rows } = await ordersQuery(db, filter, today, window);
  return rows.map((row) => toListed(row, today));
}

interface ListedRow extends OrderRow {
  renews_itself: boolean;
  pay_by: Day | null;
  grace_days: number;
  cancel_reason: string;
}

function toListed(row: ListedRow, today: Day): ListedOrder {
  const order = toOrder(row, today);
  const overdueSince = order.status === 'overdue' ? order.paidUntil : null;
  return {
    ...order,
    renewsItself: order.inPaidPeriod && row.renews_itself,
    payBy: row.pay_by,
    cancelReason: row.cancel_reason,
    suspendedOn: overdueSince && suspensionDay(overdueSince, { graceDays: row.grace_days }),
  };
}

/** All of them, as they are read. */
export const streamOrders = (db: Db, filter: OrderFilter, today: Day, order: Pick<OrderWindow, 'sort' | 'dir'>) =>
  streamRows(db, ordersQuery(db, filter, today, order), (row) => toListed(row, today));

/** SQL; `sort` and `dir` come from closed sets, so they may be part of it. Reversed, the same index serves it. */
function orderBy({ sort, dir }: Pick<OrderWindow, 'sort' | 'dir'>, { reversed = false } = {}): string {
  const direction = (dir === 'desc') !== reversed ? 'desc' : 'asc';
  if (sort === 'id') return `o.id ${direction}`;
  if (sort === 'attention') {
    const nulls = reversed ? 'first' : 'last';
    return `${ATTENTION_RANK} ${direction}, o.paid_until ${direction} nulls ${nulls}, o.id ${direction}`;
  }
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
  return db.raw<{ rows: ListedRow[] }>(
    `select page.*, i.id as open_invoice_id, i.due_on as pay_by, b.grace_days,
       coalesce(page.auto_renewal, c.auto_renewal) as renews_itself
     from (
       select o.id, p.name as plan, p.code as plan_code, l.names as location, p.category, p.specification, host(o.ip) as ip,
         o.paid_until, o.status, o.suspended_for, o.price, o.currency, o.period_months, o.service_name, o.hostname,
         o.comment, o.created_at, o.ends_at_period, o.auto_renewal,
         o.cancel_reason, row_number() over (order by ${order}) as position
       from orders o
       join plans p on p.id = o.plan_id
       join locations l on l.id = o.location_id
       where ${where}
       order by ${order}
       limit :limit
       offset :offset
     ) page
     join categories b on b.code = page.category
     join customers c on c.id = :customerId
     left join lateral (
       ${openInvoiceOf('page.id', 'i.id, i.due_on')}
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
         where ${NEEDS_ATTENTION}
       ) as "needAttention",
       count(*) filter (where ${where}) as found
     from orders o
     where o.customer_id = :customerId`,
    { ...bindings, today },
  );
  return rows[0] as OrderCounts;
}
