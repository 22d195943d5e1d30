import type { Db, Transaction } from '../db/database.ts';
import { NotFound } from '../errors.ts';
import { Money } from '../money/money.ts';
import type { Category } from './plan.ts';

export interface PricedPlan {
  id: number;
  code: string;
  name: string;
  category: Category;
  price: Money;
}

/** A plan with its price for a period in a currency. @throws {NotFound} when it is not offered so */
export async function getPricedPlan(
  db: Db | Transaction,
  { code, currency, months }: { code: string; currency: string; months: number },
): Promise<PricedPlan> {
  const row = await db('plans as p')
    .join('plan_prices as c', 'c.plan_id', 'p.id')
    .where({ 'p.code': code, 'c.currency': currency, 'c.months': months })
    .first<{ id: number; code: string; name: string; category: Category; price: string } | undefined>(
      'p.id', 'p.code', 'p.name', 'p.category', 'c.price',
    ); // prettier-ignore
  if (!row) throw new NotFound();
  return { ...row, price: Money.of(row.price, currency) };
}

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
