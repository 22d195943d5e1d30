import { spawn } from 'node:child_process';
import path from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { seedInBulk } from '../../seeds/bulk.ts';
import { expectInvariants } from '../support/invariants.ts';
import { createWorld, type World } from '../support/world.ts';

const RENEWALS = 10_000;
const CLI = path.join(import.meta.dirname, '../../src/cli/run-billing.ts');

let world: World;
beforeAll(async () => {
  world = await createWorld();
  await seedInBulk(world.owner, world.clock, { customers: 500, orders: RENEWALS, allDue: true }, () => {});
}, 120_000);
afterAll(() => world.close());

/** `npm run billing` in a process of its own. */
function startRun() {
  const worker = spawn(process.execPath, [CLI, '--date', world.clock.today()], {
    env: {
      ...process.env,
      NODE_ENV: 'test',
      DATABASE_URL: world.databaseUrl,
      MIGRATION_DATABASE_URL: world.databaseUrl.replace(inject('postgres').application, inject('postgres').owner),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<number | null>((resolve) => worker.on('exit', resolve));
  return { worker, ended };
}

const count = async (table: string, where: object) =>
  (await world.db(table).where(where).first(world.db.raw('count(*) as count')))?.count as number;

it('10,000 orders are each renewed and written about once, however often the worker is killed (B6)', async () => {
  let kills = 0;
  for (const share of [0.1, 0.6, 1.2, 1.7]) {
    const { worker, ended } = startRun();
    // Half of what is done is issuing, half is paying.
    const soFar = async () =>
      (await count('billing_run_items', { action: 'issued' })) + (await count('billing_run_items', { action: 'paid' }));
    await expect.poll(soFar, { timeout: 60_000, interval: 20 }).toBeGreaterThan(RENEWALS * share);
    kills += worker.kill('SIGKILL') ? 1 : 0;
    await ended;
  }
  expect(kills).toBe(4);
  expect(await count('billing_run_items', { action: 'paid' })).toBeLessThan(RENEWALS);
  expect(await startRun().ended).toBe(0);

  expect(await count('invoices', { status: 'unpaid' })).toBe(0);
  expect(await count('orders', { paid_months: 2, status: 'active' })).toBe(RENEWALS);
  expect(await count('mails', { kind: 'order_renewed' })).toBe(RENEWALS);
  const { rows } = await world.db.raw(
    `select data->>'order' from mails group by kind, data->>'order' having count(*) > 1`,
  );
  expect(rows).toEqual([]);
  expect(await count('billing_runs', { state: 'interrupted' })).toBe(4);
  await expectInvariants(world);
}, 180_000);
