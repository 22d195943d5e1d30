import type { Day } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';

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
    `with months as (
       select date_trunc('month', :today::timestamp) - interval '11 months' as first,
         date_trunc('month', :today::timestamp) as last
     ), paid as (
       select date_trunc('month', i.paid_at at time zone :timeZone) as month, sum(i.total) as total
       from invoices i
       cross join months
       where i.customer_id = :customerId
         and i.kind = 'service'
         and i.status = 'paid'
         and i.paid_at >= months.first at time zone :timeZone
       group by 1
     )
     select to_char(m, 'YYYY-MM') as month, coalesce(p.total, 0) as total
     from months
     cross join generate_series(months.first, months.last, interval '1 month') m
     left join paid p on p.month = m
     order by m`,
    { customerId, today, timeZone },
  );
  return rows;
}
