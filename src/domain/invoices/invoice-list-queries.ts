import type { Knex } from 'knex';
import { amountIn } from '../money/amount-in.ts';
import type { Day } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { type ListWindow, nearerEnd } from '../../platform/db/list-window.ts';
import { type Direction, likeAnywhere, whereInDays } from '../../platform/db/search.ts';
import { streamRows } from '../../platform/db/stream-rows.ts';
import { INVOICE_COLUMNS, type InvoiceListItem, type InvoiceRow, toInvoice } from './invoice-row.ts';
import type { InvoiceKind, ShownInvoiceStatus } from './invoice.ts';

export const INVOICE_SORTS = [
  'to_pay',
  'number',
  'order',
  'issued',
  'due',
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
  /** Without one, top-ups that were never completed are left out: nobody owes them. */
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

/** What is to be paid first, by its due date; then the newest. As the index `invoices_to_pay_first` has it. */
const TO_PAY_FIRST: [expression: string, direction: Direction][] = [
  [`(i.status <> 'unpaid' or i.kind <> 'service')`, 'asc'],
  [`(case when i.status = 'unpaid' and i.kind = 'service' then i.due_on end)`, 'asc'],
  ['i.issued_at', 'desc'],
  ['i.id', 'desc'],
];

const SORT_EXPRESSIONS: Record<Exclude<InvoiceSort, 'to_pay'>, string> = {
  number: 'i.series :dir, i.sequence',
  order: 'i.order_ids[1]',
  issued: 'i.issued_at',
  due: 'i.due_on',
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
  else void query.whereRaw(`(i.kind = 'service' or i.status = 'paid')`);
  if (filter.order) void query.whereRaw('i.order_ids @> array[?]::bigint[]', [filter.order]);
  whereInDays(query, 'i.issued_at', filter);
  if (filter.min) void query.where('i.total', '>=', filter.min);
  if (filter.max) void query.where('i.total', '<=', filter.max);
  if (filter.months) void query.where('i.period_months', filter.months);
  return query;
}

/**
 * By number, with or without its zeros, order ID, hostname or amount (rule I2): an amount as a whole, the others in any
 * part.
 */
function applyWord(query: Knex.QueryBuilder, word: string) {
  const anywhere = likeAnywhere(word);
  const [, series, sequence] = /^(inv|top)-?0*(\d{1,9})$/i.exec(word) ?? [];
  void query.where((either) => {
    void either
      .whereRaw('i.number ilike ?', [anywhere])
      .orWhereRaw(`array_to_string(i.order_ids, ' ') like ?`, [anywhere])
      .orWhereRaw(
        'i.order_ids && array(select o.id from orders o where o.customer_id = i.customer_id and o.hostname ilike ?)',
        [anywhere],
      );
    if (series && sequence) void either.orWhere({ 'i.series': series.toUpperCase(), 'i.sequence': Number(sequence) });
    const amount = amountIn(word);
    if (amount) void either.orWhere('i.total', amount);
  });
}

export interface InvoiceWindow extends ListWindow {
  sort: InvoiceSort;
  dir: Direction;
}

/** An invoice as a row of the list. */
export interface ListedInvoice extends InvoiceListItem {
  /** The first order that it has a line for. */
  firstOrder: { plan: string; hostname: string } | null;
  /** How the last payment towards it stands, of one that is unpaid. */
  payment: 'pending' | 'declined' | null;
}

type ListedRow = InvoiceRow & { first_order: ListedInvoice['firstOrder']; payment: string | null };

/** SQL: of `invoices as i`; looked up for the rows of the page only. */
export const FIRST_ORDER = `(
  select jsonb_build_object('plan', p.name, 'hostname', o.hostname)
  from orders o
  join plans p on p.id = o.plan_id
  where o.id = i.order_ids[1]
)`;

/** SQL: the state of the last payment of an unpaid invoice, or of a top-up that was made to pay it. */
const LAST_PAYMENT = `case when i.status = 'unpaid' then (
  select status
  from (
    select p.id, p.status
    from payments p
    where p.invoice_id = i.id
    union all
    select p.id, p.status
    from top_up_purposes t
    join payments p on p.invoice_id = t.top_up_invoice_id
    join invoices made on made.id = t.top_up_invoice_id and made.status <> 'cancelled'
    where t.invoice_ids @> array[i.id]
  ) towards
  order by id desc
  limit 1
) end`;

export async function listInvoices(
  db: Db,
  filter: InvoiceFilter,
  today: Day,
  window: InvoiceWindow,
): Promise<ListedInvoice[]> {
  const { fromEnd, limit, offset } = nearerEnd(window);
  const rows = await invoicesQuery(db, filter, today, window, { reversed: fromEnd })
    .select<ListedRow[]>(db.raw(`${FIRST_ORDER} as first_order`), db.raw(`${LAST_PAYMENT} as payment`))
    .limit(limit)
    .offset(offset);
  return (fromEnd ? rows.toReversed() : rows).map((row) => ({
    ...toInvoice(row, today),
    firstOrder: row.first_order,
    payment: row.payment === 'pending' || row.payment === 'declined' ? row.payment : null,
  }));
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
  return applyFilter(db('invoices as i'), filter, today)
    .join('customers as c', 'c.id', 'i.customer_id')
    .orderByRaw(window.sort === 'to_pay' ? toPayFirst(dir) : orderBy(window.sort, dir, reversed))
    .select<InvoiceRow[]>(INVOICE_COLUMNS);
}

function orderBy(sort: Exclude<InvoiceSort, 'to_pay'>, dir: Direction, reversed: boolean): string {
  const nulls = NULLABLE.includes(sort) ? `nulls ${reversed ? 'first' : 'last'}` : '';
  return `${SORT_EXPRESSIONS[sort].replace(':dir', dir)} ${dir} ${nulls}, i.id ${dir}`;
}

const toPayFirst = (dir: Direction) =>
  TO_PAY_FIRST.map(
    ([expression, own]) => `${expression} ${(own === 'desc') === (dir === 'asc') ? 'desc' : 'asc'}`,
  ).join(', ');

export async function countInvoices(db: Db, filter: InvoiceFilter, today: Day): Promise<number> {
  const row = await applyFilter(db('invoices as i'), filter, today).first<{ count: number }>(
    db.raw('count(*) as count'),
  );
  return row.count;
}
