import type { Db, Transaction } from '../../platform/db/database.ts';
import { Money } from '../money/money.ts';
import type { Category, Specification } from './plan.ts';

export interface PlanPrice {
  months: number;
  price: Money;
  /** Compared with the same number of single months; null where there is none. */
  saving: Money | null;
}

/** Something that can be ordered with a plan, for so much a month. */
export interface PlanOption {
  id: number;
  code: string;
  /** By language. */
  names: Record<string, string>;
  monthly: Money;
}

export interface OfferedPlan {
  id: number;
  code: string;
  name: string;
  category: Category;
  location: string;
  specification: Specification;
  soldOut: boolean;
  /** Whether days that are paid and not used are credited when an order on it is cancelled. */
  refundsUnused: boolean;
  setupFee: Money | null;
  prices: PlanPrice[];
  options: PlanOption[];
}

interface Row {
  id: number;
  code: string;
  name: string;
  category: Category;
  location: string;
  specification: Specification;
  sold_out: boolean;
  refunds_unused: boolean;
  fee: string | null;
  /** `months:price`. */
  listed: string[] | null;
  options: { id: number; code: string; names: Record<string, string>; monthly: string }[] | null;
}

/** The plans that are offered in a currency, with their prices; those without any are not. */
export async function listOfferedPlans(
  db: Db | Transaction,
  { currency, category, code }: { currency: string; category?: Category; code?: string },
): Promise<OfferedPlan[]> {
  const { rows } = await db.raw<{ rows: Row[] }>(
    `select p.id, p.code, p.name, p.category, p.location, p.specification, p.sold_out, p.refunds_unused, f.fee,
      prices.listed, extras.options
     from plans p
     join lateral (
       select array_agg(months || ':' || price order by months) as listed from plan_prices where plan_id = p.id
         and currency = :currency
     ) prices on prices.listed is not null
     left join lateral (
       select jsonb_agg(jsonb_build_object('id', n.id, 'code', n.code, 'names', n.names, 'monthly', m.monthly::text)
         order by n.position) as options
       from plan_options n join plan_option_prices m on m.option_id = n.id and m.currency = :currency
       where n.category = p.category and n.active
     ) extras on true
     left join plan_setup_fees f on f.plan_id = p.id and f.currency = :currency
     where p.active and (:category::text is null or p.category = :category) and (:code::text is null or p.code = :code)
     order by p.position`,
    { currency, category: category ?? null, code: code ?? null },
  );
  return rows.map(({ sold_out, refunds_unused, fee, listed, options, ...row }) => ({
    ...row,
    soldOut: sold_out,
    refundsUnused: refunds_unused,
    setupFee: fee === null ? null : Money.of(fee, currency),
    prices: pricesOf(listed ?? [], currency),
    options: (options ?? []).map((option) => ({ ...option, monthly: Money.of(option.monthly, currency) })),
  }));
}

function pricesOf(listed: string[], currency: string): PlanPrice[] {
  const prices = listed.map((text) => text.split(':') as [string, string]);
  const single = prices.find(([months]) => months === '1')?.[1];
  return prices.map(([months, amount]) => {
    const price = Money.of(amount, currency);
    const saving =
      single === undefined ? null : Money.of(Money.of(single, currency).amount.times(months), currency).minus(price);
    return { months: Number(months), price, saving: saving?.isPositive ? saving : null };
  });
}
