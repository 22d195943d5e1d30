import { systemClock } from '../../src/platform/clock.ts';
import { runBilling } from '../../src/domain/billing/run-billing.ts';
import { seedInBulk } from '../../seeds/bulk.ts';
import type { Bench } from './cli-bench.ts';

const RENEWALS = 100_000;
const CUSTOMERS = 5_000;

/** What a run adds, each table once. */
const ADDED = [
  'invoices',
  'invoice_lines',
  'ledger_transactions',
  'ledger_entries',
  'order_events',
  'mails',
  'billing_run_items',
];

/**
 * The daily run on 100,000 renewals that are due on one day: invoiced, paid from the balance, extended, told. Beside it
 * one `INSERT … SELECT` for each table of the rows that it added, without index, trigger or constraint: the least that
 * any program could do on this machine.
 */
export async function benchBilling({ db, owner }: Bench): Promise<void> {
  const clock = systemClock('UTC');
  await seedInBulk(owner, clock, { customers: CUSTOMERS, orders: RENEWALS, allDue: true }, () => {});
  const before = new Map<string, number>();
  for (const table of ADDED) before.set(table, await lastId(owner, table));
  const began = process.hrtime.bigint();
  const { counts, failures } = await runBilling(
    db,
    clock,
    { name: 'Bench', details: '' },
    {
      day: clock.today(),
      startedBy: 'command_line',
    },
  );
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  const memory = process.memoryUsage().rss / 1024 / 1024;
  const plain = await insertPlainly(owner, before);
  console.log(`billing: ${counts['paid']} renewals invoiced and paid in ${seconds.toFixed(1)} s, ${failures} failed`);
  console.log(`billing: ${Math.round(RENEWALS / seconds)} renewals a second; the process has ${Math.round(memory)} MB`);
  const ratio = (seconds / plain).toFixed(1);
  console.log(`billing: INSERT … SELECT of the same rows ${plain.toFixed(1)} s; the run takes ${ratio} times as long`);
}

async function lastId(owner: Bench['owner'], table: string): Promise<number> {
  const row = await owner(table).max<{ max: number | null }[]>('id').first();
  return row?.max ?? 0;
}

async function insertPlainly(owner: Bench['owner'], before: Map<string, number>): Promise<number> {
  let seconds = 0;
  for (const [table, id] of before) {
    await owner.raw(`create table plain_${table} (like ${table})`);
    const began = process.hrtime.bigint();
    await owner.raw(`insert into plain_${table} select * from ${table} where id > ?`, [id]);
    seconds += Number(process.hrtime.bigint() - began) / 1e9;
  }
  return seconds;
}
