import type { Db } from '../../platform/db/database.ts';
import { type CurrencyCode, Money } from '../money/money.ts';
import { sumInBase } from '../rates/convert.ts';
import type { RateTable, StoredRate } from '../rates/rate-table.ts';

export interface CurrencyTotal {
  currency: CurrencyCode;
  customers: number;
  total: Money;
  /** In the base currency; null where the rate is missing. */
  inBase: Money | null;
  rate: StoredRate | null;
}

export interface BalanceTotals {
  currencies: CurrencyTotal[];
  /** The exact totals converted and rounded once, at the end; null as soon as one rate is missing. */
  base: Money | null;
}

/** What the provider owes all its customers: balances summed per currency, and in the base currency at stored rates. */
export async function getBalanceTotals(db: Db, table: RateTable): Promise<BalanceTotals> {
  const rows = await db('ledger_accounts')
    .where({ kind: 'customer_balance' })
    .groupBy('currency')
    .orderBy('currency')
    .select<{ currency: string; customers: number; total: string }[]>(
      'currency',
      db.raw('count(*) as customers'),
      db.raw('sum(balance) as total'),
    );
  const totals = rows.map(({ total, currency }) => Money.of(total, currency));
  return {
    currencies: rows.map(({ currency, customers }, index) => {
      const total = totals[index] as Money;
      return {
        currency,
        customers,
        total,
        inBase: sumInBase(table, [total]),
        rate: table.has(currency) ? (table.storedRate(currency) ?? null) : null,
      };
    }),
    base: sumInBase(table, totals),
  };
}
