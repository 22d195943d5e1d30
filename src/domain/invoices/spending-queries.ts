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
    `select to_char(m, 'YYYY-MM') as month, coalesce(sum(i.total), 0) as total
     from generate_series(
       date_trunc('month', :today::timestamp) - interval '11 months',
       date_trunc('month', :today::timestamp),
       interval '1 month'
     ) m
     left join invoices i on i.customer_id = :customerId
       and i.kind = 'service'
       and i.status = 'paid'
       and i.paid_at >= m at time zone :timeZone
       and i.paid_at < (m + interval '1 month') at time zone :timeZone
     group by m
     order by m`,
    { customerId, today, timeZone },
  );
  return rows;
}
