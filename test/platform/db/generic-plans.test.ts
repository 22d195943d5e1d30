import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, type Db } from '../../../src/platform/db/database.ts';
import { seedInBulk } from '../../../seeds/bulk.ts';
import { countInvoices, listInvoices } from '../../../src/domain/invoices/invoice-list-queries.ts';
import { countOrders, listOrders } from '../../../src/domain/orders/order-list-queries.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let db: Db;
let customerId: number;
beforeAll(async () => {
  world = await createWorld();
  await seedInBulk(world.owner, world.clock, { customers: 100, orders: 20_000 }, () => {});
  customerId = (await world.db('customers').max<{ max: number }[]>('id').first())?.max ?? 0;
  db = connect(world.databaseUrl, { pool: 1 });
});
afterAll(async () => {
  await db.destroy();
  await world.close();
});

const first = { dir: 'desc', limit: 25, offset: 0 } as const;
const today = () => world.clock.today();
const READS: [string, () => Promise<unknown>][] = [
  ['the counts of orders', () => countOrders(db, { customerId, q: '' }, today())],
  ['a page of orders', () => listOrders(db, { customerId, q: '' }, today(), { ...first, sort: 'id' })],
  [
    'a page of orders that are searched',
    () => listOrders(db, { customerId, q: 'host' }, today(), { ...first, sort: 'id' }),
  ],
  ['the count of invoices', () => countInvoices(db, { customerId, timeZone: 'UTC' }, today())],
  [
    'a page of invoices',
    () => listInvoices(db, { customerId, timeZone: 'UTC' }, today(), { ...first, sort: 'issued' }),
  ],
];

/** How the database runs what a function asks, planned once for whoever it is asked for. */
async function genericPlan(read: () => Promise<unknown>): Promise<string> {
  const asked: { sql: string; bindings: unknown[] }[] = [];
  const listen = (query: { sql: string; bindings: unknown[] }) => asked.push(query);
  db.on('query', listen);
  await read();
  db.removeListener('query', listen);
  const [{ sql, bindings } = { sql: '', bindings: [] }] = asked;
  await db.raw(`set plan_cache_mode = force_generic_plan`);
  await db.raw(`prepare asked as ${sql.replaceAll('?', '\\?')}`);
  const values = bindings.map((value) => `'${String(value)}'`).join(', ');
  const { rows } = await db.raw<{ rows: { 'QUERY PLAN': string }[] }>(
    `explain execute asked (${values.replaceAll('?', '\\?')})`,
  );
  await db.raw('deallocate asked');
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}

describe('a plan that is made once for every customer', () => {
  it.each(READS)('reads %s of one customer by an index', async (_, read) => {
    const plan = await genericPlan(read);
    expect(plan).toMatch(/Index|Bitmap/);
    expect(plan).not.toMatch(/Seq Scan on (orders|invoices|invoice_lines)/);
  });
});
