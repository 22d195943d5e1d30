import type { Db } from '../../platform/db/database.ts';

/** The currencies that plans are priced in, in the order of the currencies. */
export async function listPricedCurrencies(db: Db): Promise<string[]> {
  const { rows } = await db.raw<{ rows: { code: string }[] }>(
    `select c.code
     from currencies c
     where c.enabled
       and exists (
         select
         from plan_prices r
         join plans p on p.id = r.plan_id and p.active
         where r.currency = c.code
           and r.price is not null
       )
     order by c.position`,
  );
  return rows.map(({ code }) => code);
}
