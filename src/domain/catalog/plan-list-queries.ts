import type { Clock } from '../../platform/clock.ts';
import type { Db, Transaction } from '../../platform/db/database.ts';
import { Money } from '../money/money.ts';
import { FREE_ADDRESS, GIVES_ADDRESSES } from '../networks/take-address.ts';
import {
  type ListedPrice,
  listedPricesOf,
  periodsWithSavings,
  type PlanPrice,
  singleMonthOf,
  toPeriodPrices,
  validToday,
} from './plan-price.ts';
import type { Names } from '../../platform/i18n/names.ts';
import type { Location, Specification } from './plan.ts';

/** Something that can be ordered with a plan, at a price for each month. */
export interface PlanOption {
  id: number;
  code: string;
  names: Names;
  monthly: Money;
}

/** A location in which a plan is sold. */
export interface OfferedLocation extends Location {
  /** Its networks give addresses to the orders of this plan: they are in service as soon as they are paid. */
  automatic: boolean;
  /** And none is free. */
  soldOut: boolean;
}

export interface OfferedPlan {
  id: number;
  code: string;
  name: string;
  category: string;
  /** Where it is sold; one or more. */
  locations: OfferedLocation[];
  specification: Specification;
  /** None is left, or in none of its locations an address is free. */
  soldOut: boolean;
  /** Whether one is left, wherever it may stand. */
  inStock: boolean;
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
  category: string;
  locations: OfferedLocation[];
  specification: Specification;
  in_stock: boolean | null;
  refunds_unused: boolean;
  fee: string | null;
  /** Never null: a plan without prices is left out by the join. */
  listed: ListedPrice[];
  options: { id: number; code: string; names: Names; monthly: string }[] | null;
}

/** SQL: what options cost a month in `:currency` on `:today`. */
const OPTION_PRICES = validToday('plan_option_prices', {
  key: 'option_id',
  value: 'monthly',
  where: 'currency = :currency',
});

/**
 * The plans that are offered in a currency, with their prices of the day and their locations; those without any are not.
 * @param asked.code one plan, also a hidden one
 */
export async function listOfferedPlans(
  db: Db | Transaction,
  { currency, clock, category, code }: { currency: string; clock: Clock; category?: string; code?: string },
): Promise<OfferedPlan[]> {
  const { rows } = await db.raw<{ rows: OfferedPlanRow[] }>(
    `select p.id, p.code, p.name, p.category, places.locations, p.specification, p.stock > 0 as in_stock, p.refunds_unused,
       f.fee, prices.listed, extras.options
     from plans p
     join categories c on c.code = p.category and c.active
     join lateral (
       ${listedPricesOf({ planId: 'p.id', category: 'p.category', currency: ':currency' })}
     ) prices on prices.listed is not null
     join lateral (
       select jsonb_agg(
         jsonb_build_object(
           'id', l.id, 'code', l.code, 'names', l.names, 'automatic', a.automatic,
           'soldOut', a.automatic and not exists (
             select
             from networks n
             join network_addresses a on a.network_id = n.id
             where n.location_id = l.id
               and ${GIVES_ADDRESSES}
               and ${FREE_ADDRESS}
           )
         )
         order by s.position, l.id
       ) as locations
       from plan_locations s
       join locations l on l.id = s.location_id
       cross join lateral (
         select c.provisioning = 'automatic' and exists (
           select
           from networks n
           where n.location_id = l.id
             and ${GIVES_ADDRESSES}
         ) as automatic
       ) a
       where s.plan_id = p.id
     ) places on places.locations is not null
     left join lateral (
       select jsonb_agg(
         jsonb_build_object('id', n.id, 'code', n.code, 'names', n.names, 'monthly', m.monthly::text)
         order by n.position
       ) as options
       from plan_options n
       join (
         ${OPTION_PRICES}
       ) m on m.option_id = n.id
       where n.category = p.category
         and n.active
     ) extras on true
     left join lateral (
       ${validToday('plan_setup_fees', { key: 'plan_id', value: 'fee', where: 'plan_id = p.id and currency = :currency' })}
     ) f on true
     where p.active
       and (not p.hidden or :code::text is not null)
       and (:category::text is null or p.category = :category)
       and (:code::text is null or p.code = :code)
     order by p.position, p.id`,
    { currency, today: clock.today(), now: clock.now(), category: category ?? null, code: code ?? null },
  );
  return rows.map(({ in_stock, refunds_unused, fee, listed, options, ...row }) => {
    const inStock = in_stock !== false;
    const periods = toPeriodPrices(listed, currency);
    return {
      ...row,
      soldOut: !inStock || row.locations.every(({ soldOut }) => soldOut),
      inStock,
      refundsUnused: refunds_unused,
      setupFee: fee === null ? null : Money.of(fee, currency),
      prices: periodsWithSavings(periods, singleMonthOf(periods)),
      options: (options ?? []).map((option) => ({ ...option, monthly: Money.of(option.monthly, currency) })),
    };
  });
}

/** What can be ordered with the servers of a category, at the prices of the day in a currency. */
export async function listPlanOptions(
  db: Db | Transaction,
  { category, currency, clock }: { category: string; currency: string; clock: Clock },
): Promise<PlanOption[]> {
  const { rows } = await db.raw<{ rows: { id: number; code: string; names: Names; monthly: string }[] }>(
    `select n.id, n.code, n.names, m.monthly
     from plan_options n
     join (
       ${OPTION_PRICES}
     ) m on m.option_id = n.id
     where n.category = :category
       and n.active
     order by n.position, n.id`,
    { category, currency, today: clock.today() },
  );
  return rows.map((row) => ({ ...row, monthly: Money.of(row.monthly, currency) }));
}
