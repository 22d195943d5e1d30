import type { Day } from '../../platform/clock.ts';
import type { Db, Transaction } from '../../platform/db/database.ts';
import type { Names } from '../../platform/i18n/names.ts';
import { Money } from '../money/money.ts';

/** An option of an order, at the price at which it was ordered. */
export interface OrderOption {
  code: string;
  names: Names;
  monthly: Money;
}

/** SQL, of `order_options as x`: it is renewed with its order; one that was dropped is not. */
export const IS_RENEWED = 'x.ends_on is null';

/** The options that are renewed with an order. */
export async function listOrderOptions(db: Db | Transaction, orderId: number): Promise<OrderOption[]> {
  const rows = await optionsOf(db, orderId).whereRaw(IS_RENEWED);
  return rows.map(toOption);
}

/** An option that an order has today; one that was dropped until its last day. */
export interface OptionInService extends OrderOption {
  endsOn: Day | null;
}

/** One entry for each option: it may have been dropped, and added again for the periods after its last day. */
export async function listOptionsInService(
  db: Db | Transaction,
  orderId: number,
  today: Day,
): Promise<OptionInService[]> {
  const rows = await optionsOf(db, orderId);
  // The latest row of an option is the last one.
  const latest = new Map(rows.map((row) => [row.code, row]));
  return [...latest.values()]
    .filter(({ ends_on }) => ends_on === null || ends_on >= today)
    .map((row) => ({ ...toOption(row), endsOn: row.ends_on }));
}

interface OptionRow {
  code: string;
  names: Names;
  monthly: string;
  currency: string;
  ends_on: Day | null;
}

const optionsOf = (db: Db | Transaction, orderId: number) =>
  db('order_options as x')
    .join('plan_options as n', 'n.id', 'x.option_id')
    .where({ 'x.order_id': orderId })
    .orderBy([{ column: 'n.position' }, { column: 'x.id' }])
    .select<OptionRow[]>('n.code', 'n.names', 'x.monthly', 'x.currency', 'x.ends_on');

const toOption = ({ code, names, monthly, currency }: OptionRow): OrderOption => ({
  code,
  names,
  monthly: Money.of(monthly, currency),
});
