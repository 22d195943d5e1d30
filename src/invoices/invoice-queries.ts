import type { Knex } from 'knex';
import type { Day } from '../clock.ts';
import type { Db } from '../db/database.ts';
import { NotFound } from '../errors.ts';
import { Money } from '../money/money.ts';
import { likeAnywhere, type Direction } from '../db/search.ts';
import type { Buyer } from './issue-invoice.ts';
import {
  shownStatus,
  type InvoiceKind,
  type InvoiceStatus,
  type LineKind,
  type NewInvoiceLine,
  type Seller,
  type ShownInvoiceStatus,
} from './invoice.ts';

export const INVOICE_SORTS = [
  'number',
  'order',
  'issued',
  'paid',
  'months',
  'amount',
  'balance_after',
  'status',
] as const;
type InvoiceSort = (typeof INVOICE_SORTS)[number];

export interface InvoiceFilter {
  customerId: number;
  q?: string;
  status?: ShownInvoiceStatus | undefined;
  kind?: InvoiceKind | undefined;
  /** Issued on these days, both included. */
  from?: Day | undefined;
  to?: Day | undefined;
  /** Amounts as decimal texts. */
  min?: string | undefined;
  max?: string | undefined;
  months?: number | undefined;
  timeZone: string;
}

export interface InvoiceListItem {
  id: number;
  number: string;
  kind: InvoiceKind;
  orderIds: number[];
  issuedAt: Date;
  dueOn: Day;
  paidAt: Date | null;
  periodMonths: number | null;
  total: Money;
  balanceAfter: Money | null;
  status: ShownInvoiceStatus;
}

interface InvoiceRow {
  id: number;
  number: string;
  kind: InvoiceKind;
  status: InvoiceStatus;
  order_ids: number[];
  issued_at: Date;
  due_on: Day;
  paid_at: Date | null;
  cancelled_at: Date | null;
  period_months: number | null;
  total: string;
  currency: string;
  balance_after: string | null;
  account_currency: string;
}

const SORT_EXPRESSIONS: Record<InvoiceSort, string> = {
  number: 'i.series :dir, i.sequence',
  order: 'i.order_ids[1]',
  issued: 'i.issued_at',
  paid: 'i.paid_at',
  months: 'i.period_months',
  amount: 'i.total',
  balance_after: 'i.balance_after',
  status: 'i.status',
};

/** Sorts whose rows can lack a value; those come last both ways. Without that clause an index serves both ways. */
const NULLABLE: InvoiceSort[] = ['order', 'paid', 'months', 'balance_after'];

function applyFilter(query: Knex.QueryBuilder, filter: InvoiceFilter, today: Day) {
  void query.where('i.customer_id', filter.customerId);
  for (const word of (filter.q ?? '').split(/\s+/).filter(Boolean)) applyWord(query, word);
  if (filter.status === 'overdue')
    void query.where({ 'i.status': 'unpaid', 'i.kind': 'service' }).where('i.due_on', '<', today);
  else if (filter.status) void query.where('i.status', filter.status);
  if (filter.kind) void query.where('i.kind', filter.kind);
  if (filter.from)
    void query.whereRaw('i.issued_at >= (?::date)::timestamp at time zone ?', [filter.from, filter.timeZone]);
  if (filter.to)
    void query.whereRaw('i.issued_at < (?::date + 1)::timestamp at time zone ?', [
      filter.to,
      filter.timeZone,
    ]);
  if (filter.min) void query.where('i.total', '>=', filter.min);
  if (filter.max) void query.where('i.total', '<=', filter.max);
  if (filter.months) void query.where('i.period_months', filter.months);
  return query;
}

/** By number, order ID or amount (rule I2): an amount matches whole, the others anywhere. */
function applyWord(query: Knex.QueryBuilder, word: string) {
  const anywhere = likeAnywhere(word);
  void query.where((either) => {
    void either
      .whereRaw('i.number ilike ?', [anywhere])
      .orWhereRaw(`array_to_string(i.order_ids, ' ') like ?`, [anywhere]);
    const amount = amountIn(word);
    if (amount) void either.orWhere('i.total', amount);
  });
}

/** The amount that a word of a search is, as it is shown or typed: `€1,996.00`, `119,00`; null when it is none. */
function amountIn(word: string): string | null {
  const digits = word.replace(/[^\d.,]/g, '');
  const plain = /^\d{1,3}(,\d{3})+(\.\d+)?$/.test(digits)
    ? digits.replaceAll(',', '')
    : digits.replace(',', '.');
  return /^\d{1,12}(\.\d{1,4})?$/.test(plain) ? plain : null;
}

export interface InvoiceWindow {
  sort: InvoiceSort;
  dir: Direction;
  limit: number;
  offset: number;
}

export async function listInvoices(
  db: Db,
  filter: InvoiceFilter,
  today: Day,
  window: InvoiceWindow,
): Promise<InvoiceListItem[]> {
  // `sort` and `dir` come from closed sets, so they may stand in the text.
  const dir = window.dir === 'desc' ? 'desc' : 'asc';
  const order = SORT_EXPRESSIONS[window.sort].replace(':dir', dir);
  const rows = await applyFilter(db('invoices as i'), filter, today)
    .join('customers as c', 'c.id', 'i.customer_id')
    .orderByRaw(`${order} ${dir} ${NULLABLE.includes(window.sort) ? 'nulls last' : ''}, i.id ${dir}`)
    .limit(window.limit)
    .offset(window.offset)
    .select<InvoiceRow[]>(COLUMNS);
  return rows.map((row) => toItem(row, today));
}

const COLUMNS = [
  'i.id', 'i.number', 'i.kind', 'i.status', 'i.order_ids', 'i.issued_at', 'i.due_on', 'i.paid_at', 'i.cancelled_at', 'i.period_months',
  'i.total', 'i.currency', 'i.balance_after', 'c.account_currency',
]; // prettier-ignore

function toItem(row: InvoiceRow, today: Day): InvoiceListItem {
  return {
    id: row.id,
    number: row.number,
    kind: row.kind,
    orderIds: row.order_ids.map(Number),
    issuedAt: row.issued_at,
    dueOn: row.due_on,
    paidAt: row.paid_at,
    periodMonths: row.period_months,
    total: Money.of(row.total, row.currency),
    balanceAfter: row.balance_after === null ? null : Money.of(row.balance_after, row.account_currency),
    status: shownStatus(row.kind, row.status, row.due_on, today),
  };
}

export async function countInvoices(db: Db, filter: InvoiceFilter, today: Day): Promise<number> {
  const row = await applyFilter(db('invoices as i'), filter, today).first<{ count: number }>(
    db.raw('count(*) as count'),
  );
  return row.count;
}

export interface UnpaidSummary {
  count: number;
  /** In the account currency, in which every service invoice is. */
  total: Money;
  overdue: number;
}

/** What there is to pay: service invoices only, a top-up is nobody's debt. */
export async function getUnpaidSummary(
  db: Db,
  customerId: number,
  accountCurrency: string,
  today: Day,
): Promise<UnpaidSummary> {
  const row = await db('invoices')
    .where({ customer_id: customerId, kind: 'service', status: 'unpaid' })
    .first<{ count: number; total: string; overdue: number }>(
      db.raw('count(*) as count'),
      db.raw('coalesce(sum(total), 0) as total'),
      db.raw('count(*) filter (where due_on < ?) as overdue', [today]),
    );
  return { count: row.count, total: Money.of(row.total, accountCurrency), overdue: row.overdue };
}

export async function listInvoicesOfOrder(
  db: Db,
  customerId: number,
  orderId: number,
  today: Day,
): Promise<InvoiceListItem[]> {
  const rows = await db('invoices as i')
    .join('customers as c', 'c.id', 'i.customer_id')
    .where('i.customer_id', customerId)
    .whereIn('i.id', db('invoice_lines').where({ order_id: orderId }).select('invoice_id'))
    .orderBy('i.id', 'desc')
    .limit(100)
    .select<InvoiceRow[]>(COLUMNS);
  return rows.map((row) => toItem(row, today));
}

interface InvoiceLine {
  kind: LineKind;
  orderId: number | null;
  months: number | null;
  periodFrom: Day | null;
  periodTo: Day | null;
  amount: Money;
  details: NewInvoiceLine['details'];
}

export interface InvoiceDetails extends InvoiceListItem {
  cancelledAt: Date | null;
  buyer: Buyer;
  seller: Seller;
  lines: InvoiceLine[];
}

/** @throws {NotFound} when it is missing or another customer's */
export async function getInvoiceForCustomer(
  db: Db,
  customerId: number,
  invoiceId: number,
  today: Day,
): Promise<InvoiceDetails> {
  const [row, lines] = await Promise.all([
    db('invoices as i')
      .join('customers as c', 'c.id', 'i.customer_id')
      .where({ 'i.id': invoiceId, 'i.customer_id': customerId })
      .first<(InvoiceRow & { buyer: Buyer; seller: Seller }) | undefined>([
        ...COLUMNS,
        'i.buyer',
        'i.seller',
      ]),
    db('invoice_lines').where({ invoice_id: invoiceId, customer_id: customerId }).orderBy('position'),
  ]);
  if (!row) throw new NotFound();
  return {
    ...toItem(row, today),
    cancelledAt: row.cancelled_at,
    buyer: row.buyer,
    seller: row.seller,
    lines: lines.map((line) => ({
      kind: line.kind,
      orderId: line.order_id,
      months: line.months,
      periodFrom: line.period_from,
      periodTo: line.period_to,
      amount: Money.of(line.amount, line.currency),
      details: line.details,
    })),
  };
}

/** The chosen invoices of a customer, oldest first; those that are not theirs are simply not there. */
export async function listInvoicesByIds(
  db: Db,
  customerId: number,
  invoiceIds: number[],
  today: Day,
): Promise<InvoiceListItem[]> {
  const rows = await db('invoices as i')
    .join('customers as c', 'c.id', 'i.customer_id')
    .where('i.customer_id', customerId)
    .whereIn('i.id', invoiceIds)
    .orderBy('i.id')
    .select<InvoiceRow[]>(COLUMNS);
  return rows.map((row) => toItem(row, today));
}

export interface MonthSpending {
  /** `YYYY-MM` */
  month: string;
  total: string;
}

/** What was paid for services in each of the last twelve months, oldest first, months without any included. */
export async function listSpendingByMonth(
  db: Db,
  customerId: number,
  today: Day,
  timeZone: string,
): Promise<MonthSpending[]> {
  const { rows } = await db.raw<{ rows: MonthSpending[] }>(
    `select to_char(m, 'YYYY-MM') as month, coalesce(sum(i.total), 0) as total
     from generate_series(date_trunc('month', :today::date) - interval '11 months', date_trunc('month', :today::date), interval '1 month') m
     left join invoices i on i.customer_id = :customerId and i.kind = 'service' and i.status = 'paid'
       and i.paid_at >= m at time zone :timeZone and i.paid_at < (m + interval '1 month') at time zone :timeZone
     group by m order by m`,
    { customerId, today, timeZone },
  );
  return rows;
}
