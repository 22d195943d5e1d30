import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../src/platform/db/database.ts';
import { runCommand } from '../support/command.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const verify = (environment: Record<string, string>, ...args: string[]) =>
  runCommand('src/cli/verify.ts', args, environment);
const verifyWorld = (...args: string[]) => verify({ DATABASE_URL: world.databaseUrl }, ...args);
const where = () => `127.0.0.1:${new URL(world.databaseUrl).port}/${world.database}`;
const SCHEMA = /^\d{4}_\w+\.ts$/;

/** A database without migrations. */
async function onEmptyDatabase<T>(work: (url: string) => Promise<T>): Promise<T> {
  const name = `${world.database}_empty`;
  await world.owner.raw('create database ?? template template0', [name]);
  try {
    return await work(world.ownerUrl.replace(/[^/]+$/, name));
  } finally {
    await world.owner.raw('drop database ?? with (force)', [name]);
  }
}

describe('verifying the books', () => {
  it('says nothing is true of no rows, unless that is fine', async () => {
    expect(await verifyWorld()).toEqual({
      code: 1,
      said: [expect.stringContaining(where()), `Nothing to check: ${where()} has no customers and no books`],
    });
    const fine = await verifyWorld('--empty-is-fine');
    expect(fine.code).toBe(0);
    expect(fine.said.slice(1).every((line) => /^true {3}\d+[a-d]? .*\(rows: 0\)$/.test(line))).toBe(true);
  });

  it('names the database, its schema and how many rows each invariant looked at, on a replica too', async () => {
    const customer = await world.addCustomer({ balance: '30' });
    await world.placeOrder(customer);
    // Read-only, as a replica is.
    await world.owner.raw('alter database ?? set default_transaction_read_only = on', [world.database]);
    const { code, said } = await verifyWorld();
    await world.owner.raw('alter database ?? reset default_transaction_read_only', [world.database]);
    expect(code).toBe(0);
    const [database, schema] = said[0]?.split(', schema ') ?? [];
    expect([database, schema]).toEqual([where(), expect.stringMatching(SCHEMA)]);
    expect(said).toContain('true   4a A stored balance is the sum of its entries (rows: 1)');
    expect(said.filter((line) => !line.startsWith('true '))).toHaveLength(1);
  });

  it('shows the rows that break an invariant, with exit code 1', async () => {
    await world.owner.raw('alter table ledger_accounts disable trigger all');
    await world.owner('ledger_accounts').where({ kind: 'customer_balance' }).update({ balance: '31' });
    const { code, said } = await verifyWorld();
    await world.owner('ledger_accounts').where({ kind: 'customer_balance' }).update({ balance: '30' });
    await world.owner.raw('alter table ledger_accounts enable trigger all');
    expect(code).toBe(1);
    const at = said.findIndex((line) => line.startsWith('FALSE  4a '));
    expect(JSON.parse(said[at + 1] ?? '')).toMatchObject({ balance: '31.0000', entries: '30.0000' });
  });

  it('checks those that are named', async () => {
    expect((await verifyWorld('7c', '4a')).said.map((line) => line.slice(0, 9))).toEqual([
      expect.anything(),
      'true   4a',
      'true   7c',
    ]);
    expect((await verifyWorld('12z')).said).toEqual([expect.stringMatching(/^There is no invariant 12z; /)]);
  });

  it('finds a customer without a balance account', async () => {
    const [row] = await world
      .owner('customers')
      .insert({ kind: 'person', account_currency: 'EUR', created_at: world.clock.now() })
      .returning('id');
    const { code, said } = await verifyWorld();
    await world.owner('customers').where({ id: row.id }).delete();
    expect(code).toBe(1);
    const at = said.findIndex((line) => line.startsWith('FALSE  4c '));
    expect(JSON.parse(said[at + 1] ?? '')).toMatchObject({ customer: row.id, accounts: 0 });
  });

  it('refuses a schema that is older or newer than the code', async () => {
    const [latest] = await world.owner('migrations').orderBy('name', 'desc').limit(1);
    await world.owner('migrations').insert({ name: '9999_later.ts', batch: 99, migration_time: new Date() });
    const newer = await verifyWorld();
    await world.owner('migrations').whereIn('name', ['9999_later.ts', latest.name]).delete();
    const older = await verifyWorld();
    await world.owner('migrations').insert(latest);
    expect(newer).toEqual({
      code: 1,
      said: [`The schema of ${where()} is newer (9999_later.ts) than this code (${latest.name})`],
    });
    expect(older.code).toBe(1);
    expect(older.said).toEqual([expect.stringMatching(/is older \(\d{4}_.*\) than this code/)]);
  });

  it('makes nothing in a database without the schema', async () => {
    await onEmptyDatabase(async (url) => {
      const { code, said } = await verify({ DATABASE_URL: url });
      expect(code).toBe(1);
      expect(said).toEqual([expect.stringMatching(/_empty has no schema of Kabinet$/)]);
      const db = connect(url, { pool: 1 });
      expect(
        await db('pg_class')
          .where({ relkind: 'r' })
          .whereNot('relname', 'like', 'pg\\_%')
          .whereNot('relname', 'like', 'sql\\_%'),
      ).toEqual([]);
      await db.destroy();
    });
  });

  it('says in one line that a database cannot be reached', async () => {
    const { code, said } = await verify({ DATABASE_URL: 'postgres://a:secret@127.0.0.1:1/c' });
    expect([code, said.length]).toEqual([1, 1]);
    expect(said[0]).toMatch(/^The database of DATABASE_URL cannot be read: /);
    expect(said[0]).not.toContain('secret');
  });
});

describe('verifying the embedded database', () => {
  it('starts none where there is none, and leaves the one there is as it was', async () => {
    const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'kabinet verify '));
    fs.chmodSync(dataDir, 0o755);
    try {
      const inside = path.join(dataDir, 'data');
      const none = await verify({ DATA_DIR: inside });
      expect(none).toEqual({
        code: 1,
        said: [`There is no database in ${inside}; set DATA_DIR or DATABASE_URL`],
      });
      expect(fs.readdirSync(dataDir)).toEqual([]);

      expect((await runCommand('src/cli/migrate.ts', [], { DATA_DIR: inside })).code).toBe(0);
      const there = await verify({ DATA_DIR: inside }, '--empty-is-fine');
      expect(there.code).toBe(0);
      expect(there.said[0]).toMatch(/^127\.0\.0\.1:\d+\/kabinet, schema /);
      expect(fs.existsSync(path.join(inside, 'postgres/cluster/postmaster.pid'))).toBe(false);
    } finally {
      fs.rmSync(dataDir, { recursive: true, force: true });
    }
  });
});
