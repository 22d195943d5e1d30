import type { Db, Transaction } from '../db/database.ts';
import { Money } from '../money/money.ts';
import type { Category, Specification } from './plan.ts';

export interface PlanPrice {
  months: number;
  price: Money;
  /** Against so many single months; null where there is none. */
  saving: Money | null;
}

export interface OfferedPlan {
  id: number;
  code: string;
  name: string;
  category: Category;
  location: string;
  specification: Specification;
  soldOut: boolean;
  setupFee: Money | null;
  prices: PlanPrice[];
}

interface Row {
  id: number;
  code: string;
  name: string;
  category: Category;
  location: string;
  specification: Specification;
  sold_out: boolean;
  fee: string | null;
  /** `months:price`. */
  listed: string[] | null;
}

/** The plans that are offered in a currency, with their prices; those without any are not. */
export async function listOfferedPlans(
  db: Db | Transaction,
  { currency, category, code }: { currency: string; category?: Category; code?: string },
): Promise<OfferedPlan[]> {
  const { rows } = await db.raw<{ rows: Row[] }>(
    `select p.id, p.code, p.name, p.category, p.location, p.specification, p.sold_out, f.fee, prices.listed
     from plans p
     join lateral (
       select array_agg(months || ':' || price order by months) as listed from plan_prices where plan_id = p.id and currency = :currency
     ) prices on prices.listed is not null
     left join plan_setup_fees f on f.plan_id = p.id and f.currency = :currency
     where p.active and (:category::text is null or p.category = :category) and (:code::text is null or p.code = :code)
     order by p.position`,
    { currency, category: category ?? null, code: code ?? null },
  );
  return rows.map(({ sold_out, fee, listed, ...row }) => ({
    ...row,
    soldOut: sold_out,
    setupFee: fee === null ? null : Money.of(fee, currency),
    prices: pricesOf(listed ?? [], currency),
  }));
}

function pricesOf(listed: string[], currency: string): PlanPrice[] {
  const prices = listed.map((text) => text.split(':') as [string, string]);
  const single = prices.find(([months]) => months === '1')?.[1];
  return prices.map(([months, amount]) => {
    const price = Money.of(amount, currency);
    const saving =
      single === undefined
        ? null
        : Money.of(Money.of(single, currency).amount.times(months), currency).minus(price);
    return { months: Number(months), price, saving: saving?.isPositive ? saving : null };
  });
}
