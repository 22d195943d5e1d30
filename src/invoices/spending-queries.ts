import type { Day } from '../clock.ts';
import type { Db } from '../db/database.ts';
import { Money } from '../money/money.ts';

export interface UnpaidSummary {
  count: number;
  /** In the account currency, in which every service invoice is. */
  total: Money;
  overdue: number;
  /** Of as many as can be paid together, the first due at the top. */
  ids: number[];
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
    .first<{ count: number; total: string; overdue: number; ids: number[] | null }>(
      db.raw('count(*) as count'),
      db.raw('coalesce(sum(total), 0) as total'),
      db.raw('count(*) filter (where due_on < ?) as overdue', [today]),
      db.raw('(array_agg(id order by due_on, id))[1:100] as ids'),
    );
  return {
    count: row.count,
    total: Money.of(row.total, accountCurrency),
    overdue: row.overdue,
    ids: (row.ids ?? []).map(Number),
  };
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
