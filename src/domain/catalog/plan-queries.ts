import type { Day } from '../../platform/clock.ts';
import type { Db, Transaction } from '../../platform/db/database.ts';
import { NotFound } from '../errors.ts';
import { Money } from '../money/money.ts';
import { validToday } from './plan-price.ts';
import type { Names } from '../../platform/i18n/names.ts';

/** A plan's price of the day for a period, by its id: for orders that are on it already; null where it has none. */
export async function findPlanPrice(
  db: Db | Transaction,
  { planId, currency, months, today }: { planId: number; currency: string; months: number; today: Day },
): Promise<{ name: string; price: Money } | null> {
  const { rows } = await db.raw<{ rows: { name: string; price: string }[] }>(
    `select p.name, c.price
     from plans p
     join lateral (
       ${validToday('plan_prices', { key: 'months', value: 'price', where: 'plan_id = p.id and currency = :currency and months = :months' })}
     ) c on true
     join category_periods y on y.category = p.category and y.months = c.months
     where p.id = :planId`,
    { planId, currency, months, today },
  );
  const [row] = rows;
  return row ? { name: row.name, price: Money.of(row.price, currency) } : null;
}

/** `findPlanPrice` of one that there is. @throws {NotFound} */
export async function getPlanPrice(
  ...asked: Parameters<typeof findPlanPrice>
): Promise<{ name: string; price: Money }> {
  const found = await findPlanPrice(...asked);
  if (!found) throw new NotFound();
  return found;
}

/** What plans and locations are called, by code: those that are not sold any more too, since orders are on them. */
export async function listPlanNames(
  db: Db,
): Promise<{ plans: { code: string; name: string }[]; locations: { code: string; names: Names }[] }> {
  const [plans, locations] = await Promise.all([
    db('plans').orderBy('position').orderBy('id').select<{ code: string; name: string }[]>('code', 'name'),
    db('locations').orderBy('id').select<{ code: string; names: Names }[]>('code', 'names'),
  ]);
  return { plans, locations };
}
