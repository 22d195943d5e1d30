import type { Day } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { streamRows } from '../../platform/db/stream-rows.ts';
import { Money } from '../money/money.ts';

export type PaymentState = 'started' | 'pending' | 'captured' | 'declined';

/** Why staff should look at a payment (rule T6). */
export type PaymentMark =
  'amount_differs' | 'currency_differs' | 'invoice_not_unpaid' | 'cannot_value' | 'captured_again';

export interface PaymentHistoryItem {
  direction: 'in' | 'out';
  at: Date;
  amount: Money;
  /** A gateway's name, or `balance`. */
  method: string;
  invoice: { id: number; number: string };
  state: PaymentState;
  marked: boolean;
}

interface HistoryRow {
  direction: 'in' | 'out';
  at: Date;
  amount: string;
  currency: string;
  method: string;
  invoice_id: number;
  number: string;
  state: PaymentState;
  marked: boolean;
}

export interface PaymentFilter {
  customerId: number;
  direction?: 'in' | 'out' | undefined;
  /** Days, both included. */
  from?: Day | undefined;
  to?: Day | undefined;
  /** Days begin at midnight in this time zone. */
  timeZone: string;
}

/** Every payment of a customer: what gateways took in, in any state, and what went from the balance to invoices. */
const HISTORY = `
  select 'in' as direction, coalesce(p.captured_at, p.started_at) as at,
    coalesce(p.captured_amount, p.amount) as amount, coalesce(p.captured_currency, p.currency) as currency,
    p.gateway as method, p.invoice_id, p.status as state, p.marked_for is not null as marked
  from payments p
  where p.customer_id = :customerId
  union all
  select 'out', i.paid_at, i.total, i.currency, 'balance', i.id, 'captured', false
  from invoices i
  where i.customer_id = :customerId
    and i.kind = 'service'
    and i.status = 'paid'`;

const FILTER = `(:direction::text is null or h.direction = :direction)
      and (:from::date is null or h.at >= (:from::date)::timestamp at time zone :timeZone)
      and (:to::date is null or h.at < (:to::date + 1)::timestamp at time zone :timeZone)`;

const valuesOf = ({ customerId, direction, from, to, timeZone }: PaymentFilter) => ({
  customerId,
  direction: direction ?? null,
  from: from ?? null,
  to: to ?? null,
  timeZone,
});

const FOUND = `
  select h.*, i.number
  from (${HISTORY}) h
  join invoices i on i.id = h.invoice_id
  where ${FILTER}
  order by h.at desc, h.invoice_id desc`;

const toItem = (row: HistoryRow): PaymentHistoryItem => ({
  direction: row.direction,
  at: row.at,
  amount: Money.of(row.amount, row.currency),
  method: row.method,
  invoice: { id: row.invoice_id, number: row.number },
  state: row.state,
  marked: row.marked,
});

export async function listPaymentHistory(
  db: Db,
  filter: PaymentFilter,
  { limit, offset }: { limit: number; offset: number },
): Promise<PaymentHistoryItem[]> {
  const { rows } = await db.raw<{ rows: HistoryRow[] }>(`${FOUND} limit :limit offset :offset`, {
    ...valuesOf(filter),
    limit,
    offset,
  });
  return rows.map(toItem);
}

/** All of it, as it is read. */
export const streamPaymentHistory = (db: Db, filter: PaymentFilter) =>
  streamRows(db, db.raw<{ rows: HistoryRow[] }>(FOUND, valuesOf(filter)), toItem);

export async function countPaymentHistory(db: Db, filter: PaymentFilter): Promise<number> {
  const { rows } = await db.raw<{ rows: { count: number }[] }>(
    `select count(*) as count
     from (${HISTORY}) h
     where ${FILTER}`,
    valuesOf(filter),
  );
  return rows[0]?.count ?? 0;
}
