import type { Db } from '../../platform/db/database.ts';
import { BASE_CURRENCY } from '../money/currency.ts';
import { type CurrencyCode, Exact, Money } from '../money/money.ts';
import { roundHalfUp } from '../money/rounding.ts';
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
  const exactBase = (row: { currency: string; total: string }) =>
    table.has(row.currency) ? new Exact(row.total).dividedBy(table.rateOf(row.currency)) : null;
  const base = table.currencies.get(BASE_CURRENCY);
  const converted = rows.map(exactBase);
  return {
    currencies: rows.map((row, index) => {
      const inBase = converted[index];
      return {
        currency: row.currency,
        customers: row.customers,
        total: Money.of(row.total, row.currency),
        inBase: inBase ? roundHalfUp(inBase, base) : null,
        rate: inBase ? (table.storedRate(row.currency) ?? null) : null,
      };
    }),
    base: converted.some((amount) => amount === null)
      ? null
      : roundHalfUp(
          converted.reduce<Exact>((total, amount) => total.plus(amount ?? 0), new Exact(0)),
          base,
        ),
  };
}
