import type { Day } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { whereInDays } from '../../platform/db/search.ts';
import { streamRows } from '../../platform/db/stream-rows.ts';
import { Money } from '../money/money.ts';
import type { TransactionKind } from './post-transaction.ts';
import { searchStatement } from './statement-search.ts';

export interface StatementFilter {
  customerId: number;
  /** Words that each have to be found: invoice numbers, order IDs, hostnames, amounts, reasons. */
  q?: string;
  from?: Day | undefined;
  to?: Day | undefined;
  kind?: TransactionKind | undefined;
  /** Days begin at midnight in this time zone. */
  timeZone: string;
}

export interface Service {
  plan: string;
  /** Empty where it has none. */
  hostname: string;
  /** The last day that was paid for, of what pays for days. */
  until: Day | null;
  /** Of how many orders it is the first. */
  orders: number;
}

export interface StatementEntry {
  id: number;
  at: Date;
  kind: TransactionKind;
  amount: Money;
  balanceAfter: Money;
  invoice: { id: number; number: string } | null;
  /** The order that was cancelled, or moved to another plan. */
  orderId: number | null;
  /** The first order that it was for. */
  service: Service | null;
  gateway: string | null;
  /** What the payer paid, where it was another currency. */
  paid: Money | null;
  reason: string | null;
  /** The member who paid or topped up; null for staff and the portal itself. */
  by: string | null;
}

interface EntryRow {
  id: number;
  occurred_at: Date;
  kind: TransactionKind;
  amount: string;
  currency: string;
  balance_after: string;
  invoice_id: number | null;
  invoice_number: string | null;
  order_id: number | null;
  service: Service | null;
  gateway: string | null;
  captured_amount: string | null;
  captured_currency: string | null;
  reason: string | null;
  by: string | null;
}

function entriesOf(db: Db, filter: StatementFilter) {
  const query = db('ledger_entries as e')
    .join('ledger_transactions as t', 't.id', 'e.transaction_id')
    .where('e.customer_id', filter.customerId);
  if (filter.kind) void query.where('t.kind', filter.kind);
  whereInDays(query, 't.occurred_at', filter);
  searchStatement(query, filter);
  return query;
}

/** SQL: the order that an operation was for without an invoice. */
const ORDER_OF_CAUSE = `case t.cause_type
  when 'cancellation' then t.cause_id
  when 'plan_change' then (select order_id from plan_changes where id = t.cause_id)
end`;

/** SQL: the first order of an operation, of invoices as `i` or of the order that its cause is for. */
const SERVICE = `coalesce(
  (
    select jsonb_build_object(
      'plan', coalesce(l.details->>'plan', p.name), 'hostname', o.hostname, 'until', l.period_to,
      'orders', cardinality(i.order_ids)
    )
    from invoice_lines l
    join orders o on o.id = l.order_id
    join plans p on p.id = o.plan_id
    where l.invoice_id = i.id
    order by l.id
    limit 1
  ),
  (
    select jsonb_build_object('plan', p.name, 'hostname', o.hostname, 'until', null, 'orders', 1)
    from orders o
    join plans p on p.id = o.plan_id
    where o.id = ${ORDER_OF_CAUSE}
  )
)`;

/** The statement, newest first: every movement of the balance with what it was for and the balance after (rule L5). */
export async function listStatement(
  db: Db,
  filter: StatementFilter,
  { limit, offset }: { limit: number; offset: number },
): Promise<StatementEntry[]> {
  const rows = await statementQuery(db, filter).limit(limit).offset(offset);
  return rows.map(toEntry);
}

/** All of it, as it is read. */
export const streamStatement = (db: Db, filter: StatementFilter) => streamRows(db, statementQuery(db, filter), toEntry);

function statementQuery(db: Db, filter: StatementFilter) {
  return entriesOf(db, filter)
    .leftJoin('payments as p', (join) => join.on('p.id', 't.cause_id').andOnVal('t.cause_type', 'payment'))
    .leftJoin('adjustments as a', (join) => join.on('a.id', 't.cause_id').andOnVal('t.cause_type', 'adjustment'))
    .joinRaw(`left join invoices as i on i.id = case t.cause_type when 'invoice' then t.cause_id else p.invoice_id end`)
    .orderBy('e.id', 'desc')
    .select<EntryRow[]>(
      'e.id',
      't.occurred_at',
      't.kind',
      'e.amount',
      'e.currency',
      'e.balance_after',
      'i.id as invoice_id',
      'i.number as invoice_number',
      db.raw(`${ORDER_OF_CAUSE} as order_id`),
      db.raw(`${SERVICE} as service`),
      'p.gateway',
      'p.captured_amount',
      'p.captured_currency',
      'a.reason',
      db.raw(
        `(select u.email::text from users u where u.id = coalesce(t.user_id, p.user_id) and u.kind = 'member') as by`,
      ),
    );
}

function toEntry(row: EntryRow): StatementEntry {
  const foreign = row.captured_currency !== null && row.captured_currency !== row.currency;
  return {
    id: row.id,
    at: row.occurred_at,
    kind: row.kind,
    amount: Money.of(row.amount, row.currency),
    balanceAfter: Money.of(row.balance_after, row.currency),
    invoice: row.invoice_id === null ? null : { id: row.invoice_id, number: row.invoice_number ?? '' },
    orderId: row.order_id,
    service: row.service,
    gateway: row.gateway,
    paid: foreign && row.captured_amount ? Money.of(row.captured_amount, row.captured_currency as string) : null,
    reason: row.reason,
    by: row.by,
  };
}

export interface StatementTotals {
  /** How many operations. */
  found: number;
  /** Decimal strings in the account currency. */
  credited: string;
  debited: string;
}

export async function getStatementTotals(db: Db, filter: StatementFilter): Promise<StatementTotals> {
  const row = await entriesOf(db, filter).first<StatementTotals>(
    db.raw('count(*) as found'),
    db.raw('coalesce(sum(e.amount) filter (where e.amount > 0), 0) as credited'),
    db.raw('coalesce(-sum(e.amount) filter (where e.amount < 0), 0) as debited'),
  );
  return row;
}

export interface DayBalance {
  day: Day;
  balance: string;
}

/** As many days as a chart can show. */
const SHOWN_DAYS = 100;

/** The balance at the end of each of the last days on which it moved, oldest first. */
export async function listDayBalances(db: Db, filter: StatementFilter): Promise<DayBalance[]> {
  const { rows } = await db.raw<{ rows: DayBalance[] }>(
    `select day, balance
     from (
       select distinct on (day) day, balance_after as balance
       from (
         select (t.occurred_at at time zone :timeZone)::date as day, e.balance_after, e.id
         from ledger_entries e
         join ledger_transactions t on t.id = e.transaction_id
         where e.customer_id = :customerId
       ) moves
       where (:from::date is null or day >= :from)
         and (:to::date is null or day <= :to)
       order by day desc, id desc
       limit :days
     ) last
     order by day`,
    {
      days: SHOWN_DAYS,
      timeZone: filter.timeZone,
      customerId: filter.customerId,
      from: filter.from ?? null,
      to: filter.to ?? null,
    },
  );
  return rows;
}
