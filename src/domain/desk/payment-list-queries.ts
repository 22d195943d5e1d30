import type { Day } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { whereInDays } from '../../platform/db/search.ts';
import { CUSTOMER_NAME } from '../identity/user-queries.ts';
import { Money } from '../money/money.ts';
import type { PaymentMark, PaymentState } from '../payments/payment-queries.ts';
import { searchTerm } from './search-term.ts';
import type { StaffList } from './staff-list.ts';

export interface StaffPaymentFilter {
  /** The reference at the gateway, or the number of the invoice. */
  q: string;
  state?: PaymentState | undefined;
  gateway?: string | undefined;
  /** Only those that somebody has to look at (rule T6). */
  marked?: boolean;
  currency?: string | undefined;
  customer?: number | undefined;
  /** Days on which it was started, both included. */
  from?: Day | undefined;
  to?: Day | undefined;
  /** Days begin at midnight in this time zone. */
  timeZone: string;
}

export const STAFF_PAYMENT_SORTS = ['started'] as const;

export interface StaffPayment {
  id: number;
  customerId: number;
  customer: string;
  invoice: { id: number; number: string };
  gateway: string;
  /** What the gateway knows it by. */
  reference: string;
  state: PaymentState;
  asked: Money;
  captured: Money | null;
  mark: PaymentMark | null;
  startedAt: Date;
  capturedAt: Date | null;
}

interface Row {
  id: number;
  customer_id: number;
  customer: string;
  invoice_id: number;
  number: string;
  gateway: string;
  reference: string;
  status: PaymentState;
  amount: string;
  currency: string;
  captured_amount: string | null;
  captured_currency: string | null;
  marked_for: PaymentMark | null;
  started_at: Date;
  captured_at: Date | null;
}

/** All payments that gateways were asked for. */
export const staffPayments: StaffList<StaffPaymentFilter, (typeof STAFF_PAYMENT_SORTS)[number], Row, StaffPayment> = {
  alias: 'p',
  sorts: { started: 'id' },
  found(db: Db, filter) {
    const query = db('payments as p');
    const { invoice, text } = searchTerm(filter.q);
    if (invoice)
      void query.whereRaw('p.invoice_id = (select id from invoices where series = ? and sequence = ?)', [
        invoice.series,
        invoice.sequence,
      ]);
    else if (text) void query.where('p.reference', text);
    if (filter.state) void query.where('p.status', filter.state);
    if (filter.gateway) void query.where('p.gateway', filter.gateway);
    if (filter.marked) void query.whereNotNull('p.marked_for');
    if (filter.currency) void query.where('p.currency', filter.currency);
    if (filter.customer) void query.where('p.customer_id', filter.customer);
    whereInDays(query, 'p.started_at', filter);
    return query;
  },
  shown: (page) =>
    page
      .join('customers as c', 'c.id', 'p.customer_id')
      .join('invoices as i', 'i.id', 'p.invoice_id')
      .select(
        'p.id',
        'p.customer_id',
        'p.invoice_id',
        'i.number',
        'p.gateway',
        'p.reference',
        'p.status',
        'p.amount',
        'p.currency',
        'p.captured_amount',
        'p.captured_currency',
        'p.marked_for',
        'p.started_at',
        'p.captured_at',
        page.client.raw(`${CUSTOMER_NAME} as customer`),
      ),
  toItem: (row) => ({
    id: row.id,
    customerId: row.customer_id,
    customer: row.customer,
    invoice: { id: row.invoice_id, number: row.number },
    gateway: row.gateway,
    reference: row.reference,
    state: row.status,
    asked: Money.of(row.amount, row.currency),
    captured:
      row.captured_amount === null || row.captured_currency === null
        ? null
        : Money.of(row.captured_amount, row.captured_currency),
    mark: row.marked_for,
    startedAt: row.started_at,
    capturedAt: row.captured_at,
  }),
};
