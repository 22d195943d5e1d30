import type { Day } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { whereInDays } from '../../platform/db/search.ts';
import { CUSTOMER_NAME } from '../identity/user-queries.ts';
import type { InvoiceKind, ShownInvoiceStatus } from '../invoices/invoice.ts';
import { INVOICE_COLUMNS, type InvoiceListItem, type InvoiceRow, toInvoice } from '../invoices/invoice-row.ts';
import { searchTerm } from './search-term.ts';
import type { StaffList } from './staff-list.ts';
import { OVERDUE_AGES, type OverdueAge } from './work-list-queries.ts';

export interface StaffInvoiceFilter {
  /** An invoice's number, or that of an order it is for. */
  q: string;
  status?: ShownInvoiceStatus | undefined;
  /** Of overdue ones: for how many days. */
  age?: OverdueAge | undefined;
  kind?: InvoiceKind | undefined;
  currency?: string | undefined;
  customer?: number | undefined;
  /** Days of issue, both included. */
  from?: Day | undefined;
  to?: Day | undefined;
  /** Days begin at midnight in this time zone. */
  timeZone: string;
}

export const STAFF_INVOICE_SORTS = ['issued', 'due'] as const;

/** An invoice with whose it is. */
export interface StaffInvoice extends InvoiceListItem {
  customerId: number;
  customer: string;
}

type Row = InvoiceRow & { customer_id: number; customer: string };

/** SQL, of `invoices as i`: the index of overdue invoices has the same conditions. */
const OVERDUE = `i.status = 'unpaid' and i.kind = 'service' and i.due_on < ?`;

const STATUS_CONDITIONS: Record<Exclude<ShownInvoiceStatus, 'overdue'>, string> = {
  unpaid: `i.status = 'unpaid'`,
  paid: `i.status = 'paid'`,
  cancelled: `i.status = 'cancelled'`,
};

/** All invoices, as of a day. */
export const staffInvoices = (
  today: Day,
): StaffList<StaffInvoiceFilter, (typeof STAFF_INVOICE_SORTS)[number], Row, StaffInvoice> => ({
  alias: 'i',
  sorts: { issued: 'id', due: 'due_on' },
  found(db: Db, filter) {
    const query = db('invoices as i');
    const { id, invoice, text } = searchTerm(filter.q);
    if (invoice) void query.where({ 'i.series': invoice.series, 'i.sequence': invoice.sequence });
    else if (id !== null) void query.whereRaw('i.order_ids @> array[?]::bigint[]', [id]);
    else if (text) void query.where('i.number', text);
    if (filter.status === 'overdue' || filter.age) void query.whereRaw(OVERDUE, [today]);
    else if (filter.status) void query.whereRaw(STATUS_CONDITIONS[filter.status]);
    const age = OVERDUE_AGES.find(({ name }) => name === filter.age);
    if (age) {
      void query.whereRaw('i.due_on <= cast(? as date) - cast(? as integer)', [today, age.least]);
      if (age.most !== null) void query.whereRaw('i.due_on >= cast(? as date) - cast(? as integer)', [today, age.most]);
    }
    if (filter.kind) void query.where('i.kind', filter.kind);
    if (filter.currency) void query.where('i.currency', filter.currency);
    if (filter.customer) void query.where('i.customer_id', filter.customer);
    whereInDays(query, 'i.issued_at', filter);
    return query;
  },
  shown: (page) =>
    page
      .join('customers as c', 'c.id', 'i.customer_id')
      .select([...INVOICE_COLUMNS, 'i.customer_id', page.client.raw(`${CUSTOMER_NAME} as customer`)]),
  toItem: (row) => ({ ...toInvoice(row, today), customerId: row.customer_id, customer: row.customer }),
});
