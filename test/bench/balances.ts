import { systemClock } from '../../src/platform/clock.ts';
import type { Db } from '../../src/platform/db/database.ts';
import { getBalanceTotals } from '../../src/domain/ledger/balance-totals-queries.ts';
import { loadRateTable } from '../../src/domain/rates/rate-queries.ts';
import { addRates, onEmptyDatabase } from './database.ts';
import { median, type Report } from './report.ts';

const BALANCES = 1_000_000;
const ROUNDS = 7;

/** What is owed to a million customers in seven currencies, beside one SQL aggregate of the same balances. */
export function benchBalances(report: Report): Promise<void> {
  return onEmptyDatabase(async ({ db, owner }) => {
    await addBalances(owner);
    const table = await loadRateTable(db, systemClock('UTC').today());
    const ratios: number[] = [];
    const times: number[] = [];
    for (let round = 0; round <= ROUNDS; round++) {
      const overview = await timed(() => getBalanceTotals(db, table));
      const aggregate = await timed(() =>
        db.raw(
          `select currency, count(*), sum(balance) from ledger_accounts where kind = 'customer_balance' group by currency`,
        ),
      );
      // The first round warms up.
      if (round > 0) ratios.push(aggregate / overview);
      if (round > 0) times.push(overview);
    }
    report.add({
      name: 'a million balances in 7 currencies, of one SQL aggregate',
      value: median(ratios),
      atLeast: 0.8,
    });
    report.add({ name: 'a million balances in 7 currencies', unit: 'ms', value: median(times) });
  });
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** As the owner: an account opens at zero otherwise. */
async function addBalances(owner: Db): Promise<void> {
  await owner.transaction(async (trx) => {
    await trx.raw('set local session_replication_role = replica');
    await trx.raw(
      `with added as (
         insert into customers (kind, account_currency, created_at)
         select 'person', c.code, now()
         from generate_series(1, ?::int) n
         join (select code, row_number() over (order by code) - 1 as place from currencies) c on c.place = n % 7
         returning id, account_currency
       )
       insert into ledger_accounts (kind, customer_id, currency, balance)
       select 'customer_balance', id, account_currency, id % 10000
       from added`,
      [BALANCES],
    );
  });
  await addRates(owner);
  await owner.raw('analyze');
}
