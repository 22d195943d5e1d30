import type { Knex } from 'knex';
import type { Day } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { type ListWindow, nearerEnd } from '../../platform/db/list-window.ts';
import { type Direction, likeAnywhere, whereInDays } from '../../platform/db/search.ts';
import { streamRows } from '../../platform/db/stream-rows.ts';
import { INVOICE_COLUMNS, type InvoiceListItem, type InvoiceRow, toInvoice } from './invoice-row.ts';
import type { InvoiceKind, ShownInvoiceStatus } from './invoice.ts';

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
export type InvoiceSort = (typeof INVOICE_SORTS)[number];

export interface InvoiceFilter {
  customerId: number;
  q?: string;
  status?: ShownInvoiceStatus | undefined;
  kind?: InvoiceKind | undefined;
  /** Invoices with a line for this order. */
  order?: number | undefined;
  /** Issued on these days, both included. */
  from?: Day | undefined;
  to?: Day | undefined;
  /** Amounts as decimal texts. */
  min?: string | undefined;
  max?: string | undefined;
  months?: number | undefined;
  timeZone: string;
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
  if (filter.order) void query.whereRaw('i.order_ids @> array[?]::bigint[]', [filter.order]);
  whereInDays(query, 'i.issued_at', filter);
  if (filter.min) void query.where('i.total', '>=', filter.min);
  if (filter.max) void query.where('i.total', '<=', filter.max);
  if (filter.months) void query.where('i.period_months', filter.months);
  return query;
}

/** By number, order ID or amount (rule I2): an amount as a whole, the others in any part. */
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
  if (/[a-z-]/i.test(word)) return null;
  const digits = word.replace(/[^\d.,]/g, '');
  const plain = /^\d{1,3}(,\d{3})+(\.\d+)?$/.test(digits) ? digits.replaceAll(',', '') : digits.replace(',', '.');
  return /^\d{1,12}(\.\d{1,4})?$/.test(plain) ? plain : null;
}

export interface InvoiceWindow extends ListWindow {
  sort: InvoiceSort;
  dir: Direction;
}

export async function listInvoices(
  db: Db,
  filter: InvoiceFilter,
  today: Day,
  window: InvoiceWindow,
): Promise<InvoiceListItem[]> {
  const { fromEnd, limit, offset } = nearerEnd(window);
  const rows = await invoicesQuery(db, filter, today, window, { reversed: fromEnd }).limit(limit).offset(offset);
  return (fromEnd ? rows.toReversed() : rows).map((row) => toInvoice(row, today));
}

/** All of them, as they are read. */
export const streamInvoices = (db: Db, filter: InvoiceFilter, today: Day, order: Pick<InvoiceWindow, 'sort' | 'dir'>) =>
  streamRows(db, invoicesQuery(db, filter, today, order), (row) => toInvoice(row, today));

function invoicesQuery(
  db: Db,
  filter: InvoiceFilter,
  today: Day,
  window: Pick<InvoiceWindow, 'sort' | 'dir'>,
  { reversed = false } = {},
) {
  // `sort` and `dir` come from closed sets, so they may be part of the SQL. Reversed, the same index serves it.
  const dir = (window.dir === 'desc') !== reversed ? 'desc' : 'asc';
  const nulls = NULLABLE.includes(window.sort) ? `nulls ${reversed ? 'first' : 'last'}` : '';
  const order = SORT_EXPRESSIONS[window.sort].replace(':dir', dir);
  return applyFilter(db('invoices as i'), filter, today)
    .join('customers as c', 'c.id', 'i.customer_id')
    .orderByRaw(`${order} ${dir} ${nulls}, i.id ${dir}`)
    .select<InvoiceRow[]>(INVOICE_COLUMNS);
}

export async function countInvoices(db: Db, filter: InvoiceFilter, today: Day): Promise<number> {
  const row = await applyFilter(db('invoices as i'), filter, today).first<{ count: number }>(
    db.raw('count(*) as count'),
  );
  return row.count;
}
