import type { Day } from '../../platform/clock.ts';
import type { Db, Transaction } from '../../platform/db/database.ts';
import { NotFound } from '../errors.ts';
import { Money } from '../money/money.ts';
import { validToday } from './plan-price.ts';
import type { Names } from '../../platform/i18n/names.ts';

/** An option with all that staff change of it. */
interface EditedOption {
  id: number;
  code: string;
  category: string;
  names: Names;
  position: number;
  active: boolean;
  /** What it costs a month, by currency; it is not offered in others. */
  monthly: Map<string, Money>;
}

/** An option with how many running orders have it. */
export interface ListedOption extends EditedOption {
  orders: number;
}

interface OptionRow {
  id: number;
  code: string;
  category: string;
  names: Names;
  position: number;
  active: boolean;
  orders: number;
  monthly: { currency: string; monthly: string }[] | null;
}

/** All options with their prices of a day, in the order of their categories. */
export async function listOptionsOfStaff(db: Db | Transaction, today: Day, only?: number): Promise<ListedOption[]> {
  const { rows } = await db.raw<{ rows: OptionRow[] }>(
    `select n.id, n.code, n.category, n.names, n.position, n.active,
       (
         select count(*)::int
         from order_options x
         join orders o on o.id = x.order_id and o.status <> 'cancelled'
         where x.option_id = n.id
           and x.ends_on is null
       ) as orders,
       (
         select jsonb_agg(jsonb_build_object('currency', v.currency, 'monthly', v.monthly::text))
         from (
           ${validToday('plan_option_prices', { key: 'currency', value: 'monthly', where: 'option_id = n.id' })}
         ) v
       ) as monthly
     from plan_options n
     join categories c on c.code = n.category
     where (:only::bigint is null or n.id = :only)
     order by c.position, c.code, n.position, n.id`,
    { today, only: only ?? null },
  );
  return rows.map(({ monthly, ...row }) => ({
    ...row,
    monthly: new Map((monthly ?? []).map((price) => [price.currency, Money.of(price.monthly, price.currency)])),
  }));
}

/** @throws {NotFound} */
export async function getOption(db: Db | Transaction, id: number, today: Day): Promise<ListedOption> {
  const [option] = await listOptionsOfStaff(db, today, id);
  if (!option) throw new NotFound();
  return option;
}
