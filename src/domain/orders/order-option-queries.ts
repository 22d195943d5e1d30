import type { Db, Transaction } from '../../platform/db/database.ts';
import { Money } from '../money/money.ts';

/** An option of an order, at the price at which it was ordered. */
export interface OrderOption {
  /** By language. */
  names: Record<string, string>;
  monthly: Money;
}

export async function listOrderOptions(db: Db | Transaction, orderId: number): Promise<OrderOption[]> {
  const rows = await db('order_options as x')
    .join('plan_options as n', 'n.id', 'x.option_id')
    .where({ 'x.order_id': orderId })
    .orderBy('n.position')
    .select<{ names: Record<string, string>; monthly: string; currency: string }[]>(
      'n.names',
      'x.monthly',
      'x.currency',
    );
  return rows.map(({ names, monthly, currency }) => ({ names, monthly: Money.of(monthly, currency) }));
}
