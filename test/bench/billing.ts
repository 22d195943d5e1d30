import { systemClock } from '../../src/platform/clock.ts';
import { runBilling } from '../../src/domain/billing/run-billing.ts';
import { seedInBulk } from '../../seeds/bulk.ts';
import { type EmptyDatabase, onEmptyDatabase } from './database.ts';
import type { Report } from './report.ts';

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
export function benchBilling(report: Report): Promise<void> {
  return onEmptyDatabase(async ({ db, owner }) => {
    const clock = systemClock('UTC');
    await seedInBulk(owner, clock, { customers: CUSTOMERS, orders: RENEWALS, allDue: true }, () => {});
    const before = new Map<string, number>();
    for (const table of ADDED) before.set(table, await lastId(owner, table));
    const began = performance.now();
    const run = { day: clock.today(), startedBy: 'command_line' } as const;
    const { counts, failures } = await runBilling(db, clock, { name: 'Bench', details: '' }, run);
    const seconds = (performance.now() - began) / 1000;
    if (failures > 0 || counts['paid'] !== RENEWALS) throw new Error(`Paid ${counts['paid']}, failed ${failures}`);
    const plain = await insertPlainly(owner, before);
    const detail = `${RENEWALS.toLocaleString('en')} renewals in ${seconds.toFixed(1)} s`;
    report.add({ name: 'daily run, of INSERT … SELECT of its rows', value: plain / seconds, atLeast: 0.1, detail });
    report.add({ name: 'daily run, renewals a second', value: RENEWALS / seconds });
  });
}

async function lastId(owner: EmptyDatabase['owner'], table: string): Promise<number> {
  const row = await owner(table).max<{ max: number | null }[]>('id').first();
  return row?.max ?? 0;
}

async function insertPlainly(owner: EmptyDatabase['owner'], before: Map<string, number>): Promise<number> {
  let seconds = 0;
  for (const [table, id] of before) {
    await owner.raw(`create table plain_${table} (like ${table})`);
    const began = performance.now();
    await owner.raw(`insert into plain_${table} select * from ${table} where id > ?`, [id]);
    seconds += (performance.now() - began) / 1000;
  }
  return seconds;
}
