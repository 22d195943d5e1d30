import type { Db, Transaction } from '../../platform/db/database.ts';
import { NotFound } from '../errors.ts';
import { Money } from '../money/money.ts';
import type { Names } from './plan.ts';

/** A plan's price for a period, by its id: for orders that are on it already. @throws {NotFound} */
export async function getPlanPrice(
  db: Db | Transaction,
  { planId, currency, months }: { planId: number; currency: string; months: number },
): Promise<{ name: string; price: Money }> {
  const row = await db('plans as p')
    .join('plan_prices as c', 'c.plan_id', 'p.id')
    .where({ 'p.id': planId, 'c.currency': currency, 'c.months': months })
    .first<{ name: string; price: string } | undefined>('p.name', 'c.price');
  if (!row) throw new NotFound();
  return { name: row.name, price: Money.of(row.price, currency) };
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
