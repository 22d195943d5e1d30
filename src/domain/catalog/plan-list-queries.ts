import type { Db, Transaction } from '../../platform/db/database.ts';
import { Money } from '../money/money.ts';
import {
  type ListedPrice,
  listedPricesOf,
  periodsWithSavings,
  type PlanPrice,
  singleMonthOf,
  toPeriodPrices,
} from './plan-price.ts';
import type { Category, Location, Names, Specification } from './plan.ts';

/** Something that can be ordered with a plan, at a price for each month. */
export interface PlanOption {
  id: number;
  code: string;
  names: Names;
  monthly: Money;
}

export interface OfferedPlan {
  id: number;
  code: string;
  name: string;
  category: Category;
  /** Where it is sold; one or more. */
  locations: Location[];
  specification: Specification;
  soldOut: boolean;
  /** Whether days that are paid and not used are credited when an order on it is cancelled. */
  refundsUnused: boolean;
  setupFee: Money | null;
  prices: PlanPrice[];
  options: PlanOption[];
}

interface OfferedPlanRow {
  id: number;
  code: string;
  name: string;
  category: Category;
  locations: Location[];
  specification: Specification;
  sold_out: boolean;
  refunds_unused: boolean;
  fee: string | null;
  /** Never null: a plan without prices is left out by the join. */
  listed: ListedPrice[];
  options: { id: number; code: string; names: Names; monthly: string }[] | null;
}

/** The plans that are offered in a currency, with their prices and locations; those without any are not. */
export async function listOfferedPlans(
  db: Db | Transaction,
  { currency, category, code }: { currency: string; category?: Category; code?: string },
): Promise<OfferedPlan[]> {
  const { rows } = await db.raw<{ rows: OfferedPlanRow[] }>(
    `select p.id, p.code, p.name, p.category, places.locations, p.specification, p.sold_out, p.refunds_unused,
       f.fee, prices.listed, extras.options
     from plans p
     join lateral (
       ${listedPricesOf('p.id', ':currency')}
     ) prices on prices.listed is not null
     join lateral (
       select jsonb_agg(jsonb_build_object('id', l.id, 'code', l.code, 'names', l.names) order by s.position, l.id)
         as locations
       from plan_locations s
       join locations l on l.id = s.location_id
       where s.plan_id = p.id
     ) places on places.locations is not null
     left join lateral (
       select jsonb_agg(
         jsonb_build_object('id', n.id, 'code', n.code, 'names', n.names, 'monthly', m.monthly::text)
         order by n.position
       ) as options
       from plan_options n
       join plan_option_prices m on m.option_id = n.id and m.currency = :currency
       where n.category = p.category
         and n.active
     ) extras on true
     left join plan_setup_fees f on f.plan_id = p.id and f.currency = :currency
     where p.active
       and (:category::text is null or p.category = :category)
       and (:code::text is null or p.code = :code)
     order by p.position`,
    { currency, category: category ?? null, code: code ?? null },
  );
  return rows.map(({ sold_out, refunds_unused, fee, listed, options, ...row }) => {
    const periods = toPeriodPrices(listed, currency);
    return {
      ...row,
      soldOut: sold_out,
      refundsUnused: refunds_unused,
      setupFee: fee === null ? null : Money.of(fee, currency),
      prices: periodsWithSavings(periods, singleMonthOf(periods)),
      options: (options ?? []).map((option) => ({ ...option, monthly: Money.of(option.monthly, currency) })),
    };
  });
}

/** What can be ordered with the servers of a category, at prices in a currency. */
export async function listPlanOptions(
  db: Db | Transaction,
  category: Category,
  currency: string,
): Promise<PlanOption[]> {
  const rows = await db('plan_options as n')
    .join('plan_option_prices as m', 'm.option_id', 'n.id')
    .where({ 'n.category': category, 'n.active': true, 'm.currency': currency })
    .orderBy('n.position')
    .select<{ id: number; code: string; names: Names; monthly: string }[]>('n.id', 'n.code', 'n.names', 'm.monthly');
  return rows.map((row) => ({ ...row, monthly: Money.of(row.monthly, currency) }));
}
