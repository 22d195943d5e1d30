import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, type Db } from '../../../src/platform/db/database.ts';
import { inTransaction } from '../../../src/platform/db/transaction.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let db: Db;
beforeAll(async () => {
  world = await createWorld();
  db = connect(world.ownerUrl, { pool: 1, prepared: true });
  await db.raw('create table notes (id int, text text)');
  await db('notes').insert({ id: 1, text: 'first' });
});
afterAll(async () => {
  await db.destroy();
  await world.close();
});

const preparedOn = async (connection: Db, text: string) =>
  (await connection('pg_prepared_statements').select('statement')).filter(({ statement }) => statement.includes(text));
const connectionOf = async () => (await db.raw<{ rows: { pid: number }[] }>('select pg_backend_pid() as pid')).rows[0];

describe('a prepared statement', () => {
  it('is prepared once for a connection, whatever its values', async () => {
    for (const id of [1, 2, 3]) await db('notes').where({ id }).select('id');
    expect(await preparedOn(db, 'select "id" from "notes"')).toHaveLength(1);
  });

  it('is what the application sends, unless a setting switches it off', async () => {
    const visits = async (environment: Record<string, string>) => {
      const portal = await createWorld({ environment, pool: 1 });
      await (await portal.signIn(await portal.addCustomer())).get('/orders');
      const prepared = await preparedOn(portal.db, 'from orders');
      await portal.close();
      return prepared.length;
    };
    expect(await visits({})).toBeGreaterThan(0);
    expect(await visits({ PREPARED_STATEMENTS: 'off' })).toBe(0);
  });

  it('follows a schema that changes under a running process', async () => {
    const read = () => db('notes').where({ id: 1 });
    expect(await read()).toEqual([{ id: 1, text: 'first' }]);
    const before = await connectionOf();
    await db.raw('alter table notes add column pinned boolean not null default false');
    expect(await read()).toEqual([{ id: 1, text: 'first', pinned: false }]);
    expect(await connectionOf()).not.toEqual(before);
  });

  it('lets a transaction that met such a change be run again, after a savepoint too', async () => {
    const read = () =>
      inTransaction(db, async (trx) => {
        await trx.transaction((savepoint) => savepoint.raw('select 1'));
        return trx('notes').where({ id: 1 }).select('notes.*');
      });
    await read();
    await db.raw('alter table notes drop column pinned');
    expect(await read()).toEqual([{ id: 1, text: 'first' }]);
  });

  it('is out of date on all connections at once', async () => {
    const pool = connect(world.ownerUrl, { pool: 8, prepared: true });
    const read = () => inTransaction(pool, (trx) => trx('notes').where({ id: 1 }));
    await pool.raw('select 1');
    const all = await Promise.all(Array.from({ length: 8 }, () => pool.transaction()));
    await Promise.all(all.map((trx) => trx('notes').where({ id: 1 })));
    await Promise.all(all.map((trx) => trx.commit()));
    await db.raw('alter table notes add column colour text');
    expect(await read()).toEqual([{ id: 1, text: 'first', colour: null }]);
    await db.raw('alter table notes drop column colour');
    await pool.destroy();
  });

  it('is not spoilt by a value that cannot be sent', async () => {
    const echo = (value: string | { unsendable: bigint }) =>
      db.raw<{ rows: { text: string }[] }>('select ?::text as text', [value]);
    await expect(echo({ unsendable: 1n })).rejects.toThrow('BigInt');
    for (const text of ['a', 'b']) expect((await echo(text)).rows).toEqual([{ text }]);
  });

  it('is forgotten with its connection, which is replaced when it holds too many', async () => {
    const before = await connectionOf();
    for (let columns = 1; columns <= 410; columns++) await db.raw(`select ${'1, '.repeat(columns)} 1`);
    expect(await connectionOf()).not.toEqual(before);
    expect((await preparedOn(db, 'select')).length).toBeLessThan(100);
  });
});
