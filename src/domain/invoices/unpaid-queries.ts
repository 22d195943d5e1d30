import type { Day } from '../../platform/clock.ts';
import type { Db, Transaction } from '../../platform/db/database.ts';
import { Money } from '../money/money.ts';
import type { LineKind } from './invoice.ts';

/** Most invoices that are paid at once: the page of the payment stays readable, and one top-up can pay them. */
const PAID_TOGETHER = 100;

export interface UnpaidSummary {
  count: number;
  /** In the account currency, in which every service invoice is. */
  total: Money;
  overdue: number;
  /** Those that are due first. */
  first: DueInvoice[];
  /** What can be paid together, the first due at the top. */
  together: { ids: number[]; total: Money };
  /** Renewals of orders with an unpaid plan change: paying the change replaces them, so they are not paid with it. */
  replaced: { id: number; number: string }[];
}

export interface DueInvoice {
  id: number;
  dueOn: Day;
  total: Money;
  /** A payment towards it is on its way. */
  pending: boolean;
  /** Of the first order that it is for. */
  plan: string;
  hostname: string;
  /** For how many orders it is. */
  orders: number;
}

/** As many as are shown one by one. */
const SHOWN = 5;

interface UnpaidSummaryRow {
  count: number;
  first: {
    id: number;
    due_on: Day;
    total: string;
    pending: boolean;
    orders: number;
    plan: string | null;
    hostname: string | null;
  }[];
  total: string;
  overdue: number;
  ids: number[];
  together_total: string;
  replaced: UnpaidSummary['replaced'];
}

/** What a customer has to pay: service invoices only, since a top-up is not a debt. */
export async function getUnpaidSummary(
  db: Db,
  customerId: number,
  accountCurrency: string,
  today: Day,
): Promise<UnpaidSummary> {
  const { rows } = await db.raw<{ rows: UnpaidSummaryRow[] }>(
    `with unpaid as (
       select id, number, total, due_on, order_ids
       from invoices
       where customer_id = :customerId
         and kind = 'service'
         and status = 'unpaid'
     ), lines as (
       select l.invoice_id, l.order_id, l.kind
       from invoice_lines l
       join unpaid u on u.id = l.invoice_id
     ), replaced as (
       select id, number
       from unpaid u
       where exists (
         select
         from lines r
         join lines c on c.order_id = r.order_id and c.kind = 'plan_change'
         where r.invoice_id = u.id
           and r.kind = 'renewal'
       )
     ), first as (
       select u.id, u.due_on, u.total::text as total, cardinality(u.order_ids) as orders, p.name as plan, o.hostname,
         exists (
           select
           from payments
           where status = 'pending'
             and invoice_id = any(
               u.id || array(select top_up_invoice_id from top_up_purposes where invoice_ids @> array[u.id])
             )
         ) as pending
       from (select * from unpaid order by due_on, id limit ${SHOWN}) u
       left join orders o on o.id = u.order_ids[1]
       left join plans p on p.id = o.plan_id
     ), together as (
       select id, total, due_on
       from unpaid
       where id not in (select id from replaced)
       order by due_on, id
       limit ${PAID_TOGETHER}
     )
     select count(*) as count, coalesce(sum(total), 0) as total, count(*) filter (where due_on < :today) as overdue,
       coalesce((select jsonb_agg(first order by due_on, id) from first), '[]') as first,
       coalesce((select jsonb_agg(id order by due_on, id) from together), '[]') as ids,
       (select coalesce(sum(total), 0) from together) as together_total,
       coalesce(
         (select jsonb_agg(jsonb_build_object('id', id, 'number', number) order by id) from replaced),
         '[]'
       ) as replaced
     from unpaid`,
    { customerId, today },
  );
  const { count, total, overdue, first, ids, together_total, replaced } = rows[0] as UnpaidSummaryRow;
  return {
    count,
    total: Money.of(total, accountCurrency),
    overdue,
    first: first.map((invoice) => ({
      id: invoice.id,
      dueOn: invoice.due_on,
      total: Money.of(invoice.total, accountCurrency),
      pending: invoice.pending,
      plan: invoice.plan ?? '',
      hostname: invoice.hostname ?? '',
      orders: invoice.orders,
    })),
    together: { ids, total: Money.of(together_total, accountCurrency) },
    replaced,
  };
}

/**
 * SQL: that the invoice of `invoice_lines as l` is unpaid. It is looked up for each line: in a join, the planner may
 * begin with every unpaid invoice there is.
 */
export const LINE_UNPAID = `(select status from invoices where id = l.invoice_id) = 'unpaid'`;

/** Those of the orders that have an unpaid line of a kind: an open renewal, an upgrade that waits. */
export async function listOrdersWithUnpaid(trx: Transaction, kind: LineKind, orderIds: number[]): Promise<Set<number>> {
  const { rows } = await trx.raw<{ rows: { order_id: number }[] }>(
    `select l.order_id
     from invoice_lines l
     where l.order_id = any(:orderIds)
       and l.kind = :kind
       and ${LINE_UNPAID}`,
    { orderIds, kind },
  );
  return new Set(rows.map(({ order_id }) => order_id));
}

/** Unpaid invoices with a line of one of these orders. */
export async function listUnpaidInvoiceIds(
  trx: Transaction,
  customerId: number,
  orderIds: number[],
): Promise<number[]> {
  return trx('invoices as i')
    .where({ 'i.customer_id': customerId, 'i.status': 'unpaid' })
    .whereIn('i.id', trx('invoice_lines').whereIn('order_id', orderIds).select('invoice_id'))
    .orderBy('i.id')
    .pluck('i.id');
}
