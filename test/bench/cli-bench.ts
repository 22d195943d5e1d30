import { systemClock } from '../../src/platform/clock.ts';
import { benchAccounts } from './accounts.ts';
import { benchBalances } from './balances.ts';
import { benchBilling } from './billing.ts';
import { type Database, onDatabaseOf } from './database.ts';
import { benchDesk } from './desk.ts';
import { benchInstallation } from './installation.ts';
import { benchPages } from './pages.ts';
import { benchPayments } from './payments.ts';
import { Report } from './report.ts';

/**
 * Ratios, each against the least that any program could do on the same machine in the same run; nothing passes or fails.
 * `npm run bench` runs all benchmarks and writes docs/performance.md; `npm run bench -- pages` runs those named, at the
 * smallest size, and compares.
 */
const SIZES = [1_000, 100_000, 1_000_000];

/** On a database with so many orders. */
const SIZED: Record<string, (database: Database, report: Report) => Promise<void>> = {
  pages: benchPages,
  payments: benchPayments,
  desk: benchDesk,
};
/** With a size of their own. */
const OTHERS: Record<string, (report: Report) => Promise<void>> = {
  accounts: benchAccounts,
  billing: benchBilling,
  balances: benchBalances,
  installation: benchInstallation,
};

const names = process.argv.slice(2);
const known = [...Object.keys(SIZED), ...Object.keys(OTHERS)];
const unknown = names.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(', ')}; there are: ${known.join(', ')}`);
  process.exitCode = 1;
} else await run(names);

async function run(chosen: string[]) {
  const all = chosen.length === 0;
  const report = new Report();
  const sized = Object.entries(SIZED).filter(([name]) => all || chosen.includes(name));
  const others = Object.entries(OTHERS).filter(([name]) => all || chosen.includes(name));
  if (sized.length > 0)
    for (const orders of all ? SIZES : SIZES.slice(0, 1)) {
      report.column = orders.toLocaleString('en');
      await onDatabaseOf(orders, async (database) => {
        for (const [, benchmark] of sized) await benchmark(database, report);
      });
    }
  report.column = '';
  for (const [, benchmark] of others) await benchmark(report);
  if (all) await report.write(systemClock('UTC').today());
  else await report.compare();
}
