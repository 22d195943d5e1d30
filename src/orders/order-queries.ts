import type { Day } from '../clock.ts';
import type { Category, Specification } from '../catalog/plan.ts';
import type { Db } from '../db/database.ts';
import { NotFound } from '../errors.ts';
import { Money } from '../money/money.ts';
import { likeAnywhere, type Direction } from '../db/search.ts';
import {
  daysLeft,
  shownOrderStatus,
  type OrderStatus,
  type ShownOrderStatus,
  type SuspensionReason,
} from './order.ts';

export const ORDER_SORTS = ['id', 'plan', 'ip', 'paid_until', 'days_left', 'status', 'price', 'created', 'service_name', 'comment'] as const; // prettier-ignore
type OrderSort = (typeof ORDER_SORTS)[number];

export interface OrderFilter {
  customerId: number;
  q: string;
  status?: ShownOrderStatus | undefined;
  category?: Category | undefined;
}

export interface OrderListItem {
  id: number;
  plan: string;
  location: string;
  category: Category;
  specification: Specification;
  ip: string | null;
  paidUntil: Day | null;
  daysLeft: number | null;
  status: ShownOrderStatus;
  price: Money;
  periodMonths: number;
  serviceName: string;
  hostname: string;
  comment: string;
  createdAt: Date;
  /** The invoice that waits to be paid for this order. */
  openInvoiceId: number | null;
}

interface OrderRow {
  id: number;
  plan: string;
  location: string;
  category: Category;
  specification: Specification;
  ip: string | null;
  paid_until: Day | null;
  status: OrderStatus;
  suspended_for: SuspensionReason | null;
  price: string;
  currency: string;
  period_months: number;
  service_name: string;
  hostname: string;
  comment: string;
  created_at: Date;
  open_invoice_id: number | null;
}

/** The order in which statuses sort: what runs first, what is over last. */
const STATUS_RANK = `case o.status when 'active' then case when o.paid_until >= :today then 1 else 2 end
  when 'suspended' then case o.suspended_for when 'non_payment' then 3 else 4 end
  when 'awaiting_payment' then 5 when 'provisioning' then 6 else 7 end`;

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
  suspended_non_payment: `o.status = 'suspended' and o.suspended_for = 'non_payment'`,
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

export interface OrderWindow {
  sort: OrderSort;
  dir: Direction;
  limit: number;
  offset: number;
}

/** One page of a customer's orders, in one query; the open invoices are looked up for the page's rows only. */
export async function listOrders(
  db: Db,
  filter: OrderFilter,
  today: Day,
  window: OrderWindow,
): Promise<OrderListItem[]> {
  const { where, bindings } = conditions(filter);
  // `sort` and `dir` come from closed sets, so they may stand in the text.
  const dir = window.dir === 'desc' ? 'desc' : 'asc';
  const nulls = NULLABLE.includes(window.sort) ? 'nulls last' : '';
  const order =
    window.sort === 'id' ? `o.id ${dir}` : `${SORT_EXPRESSIONS[window.sort]} ${dir} ${nulls}, o.id ${dir}`;
  const { rows } = await db.raw<{ rows: OrderRow[] }>(
    `select page.*, i.id as open_invoice_id
     from (
       select o.id, p.name as plan, p.location, p.category, p.specification, host(o.ip) as ip, o.paid_until, o.status, o.suspended_for,
         o.price, o.currency, o.period_months, o.service_name, o.hostname, o.comment, o.created_at,
         row_number() over (order by ${order}) as position
       from orders o join plans p on p.id = o.plan_id
       where ${where}
       order by ${order}
       limit :limit offset :offset
     ) page
     left join lateral (
       select i.id from invoice_lines l join invoices i on i.id = l.invoice_id
       where l.order_id = page.id and i.status = 'unpaid' order by i.id limit 1
     ) i on true
     order by position`,
    { ...bindings, today, limit: window.limit, offset: window.offset },
  );
  return rows.map((row) => toItem(row, today));
}

function toItem(row: OrderRow, today: Day): OrderListItem {
  const state = { status: row.status, suspendedFor: row.suspended_for, paidUntil: row.paid_until };
  return {
    id: row.id,
    plan: row.plan,
    location: row.location,
    category: row.category,
    specification: row.specification,
    ip: row.ip,
    paidUntil: row.paid_until,
    daysLeft: daysLeft(state, today),
    status: shownOrderStatus(state, today),
    price: Money.of(row.price, row.currency),
    periodMonths: row.period_months,
    serviceName: row.service_name,
    hostname: row.hostname,
    comment: row.comment,
    createdAt: row.created_at,
    openInvoiceId: row.open_invoice_id,
  };
}

export async function countOrders(db: Db, filter: OrderFilter, today: Day): Promise<number> {
  const { where, bindings } = conditions(filter);
  const { rows } = await db.raw<{ rows: { count: number }[] }>(
    `select count(*) as count from orders o where ${where}`,
    { ...bindings, today },
  );
  return rows[0]?.count ?? 0;
}

export interface OrderCounts {
  all: number;
  needAttention: number;
}

/** All of a customer's orders, and those the customer has to do something about. */
export async function countOrdersForHeading(db: Db, customerId: number, today: Day): Promise<OrderCounts> {
  const { rows } = await db.raw<{ rows: OrderCounts[] }>(
    `select count(*) as "all",
       count(*) filter (where o.status in ('awaiting_payment', 'suspended') or (o.status = 'active' and o.paid_until < :today)) as "needAttention"
     from orders o where o.customer_id = :customerId`,
    { customerId, today },
  );
  return rows[0] as OrderCounts;
}

export interface OrderDetails extends OrderListItem {
  customerId: number;
  os: string;
  anchorOn: Day | null;
  paidMonths: number;
  activatedAt: Date | null;
  cancelledAt: Date | null;
  autoRenewal: boolean;
}

/** @throws {NotFound} when it is missing or another customer's */
export async function getOrderForCustomer(
  db: Db,
  customerId: number,
  orderId: number,
  today: Day,
): Promise<OrderDetails> {
  const { rows } = await db.raw<{
    rows: (OrderRow & {
      customer_id: number;
      os: string;
      anchor_on: Day | null;
      paid_months: number;
      activated_at: Date | null;
      cancelled_at: Date | null;
      auto_renewal: boolean;
    })[];
  }>(
    `select o.id, o.customer_id, p.name as plan, p.location, p.category, p.specification, host(o.ip) as ip, o.paid_until, o.status,
       o.suspended_for, o.price, o.currency, o.period_months, o.service_name, o.hostname, o.comment, o.created_at, o.os, o.anchor_on,
       o.paid_months, o.activated_at, o.cancelled_at, o.auto_renewal,
       (select i.id from invoice_lines l join invoices i on i.id = l.invoice_id
        where l.order_id = o.id and i.status = 'unpaid' order by i.id limit 1) as open_invoice_id
     from orders o join plans p on p.id = o.plan_id where o.customer_id = ? and o.id = ?`,
    [customerId, orderId],
  );
  const [row] = rows;
  if (!row) throw new NotFound();
  return {
    ...toItem(row, today),
    customerId: row.customer_id,
    os: row.os,
    anchorOn: row.anchor_on,
    paidMonths: row.paid_months,
    activatedAt: row.activated_at,
    cancelledAt: row.cancelled_at,
    autoRenewal: row.auto_renewal,
  };
}

export interface OrderHistoryEntry {
  kind: string;
  details: Record<string, string | number | null>;
  at: Date;
  by: string | null;
  invoice: { id: number; number: string } | null;
}

/** What happened to an order, newest first. */
export async function listOrderHistory(db: Db, orderId: number): Promise<OrderHistoryEntry[]> {
  const rows = await db('order_events as e')
    .leftJoin('invoices as i', 'i.id', 'e.invoice_id')
    .leftJoin('users as u', 'u.id', 'e.user_id')
    .where('e.order_id', orderId)
    .orderBy('e.id', 'desc')
    .limit(100)
    .select('e.kind', 'e.details', 'e.at', 'i.id as invoice_id', 'i.number', 'u.email', 'u.staff_role');
  return rows.map((row) => ({
    kind: row.kind,
    details: row.details,
    at: row.at,
    // A member of staff is not named to customers.
    by: row.staff_role ? null : row.email,
    invoice: row.invoice_id ? { id: row.invoice_id, number: row.number } : null,
  }));
}
