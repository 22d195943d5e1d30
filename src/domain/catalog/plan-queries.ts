import type { Db, Transaction } from '../../platform/db/database.ts';
import { NotFound } from '../errors.ts';
import { Money } from '../money/money.ts';

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
