import { setImmediate } from 'node:timers/promises';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, type Db } from '../../../src/platform/db/database.ts';
import { streamRows } from '../../../src/platform/db/stream-rows.ts';
import { inOnePacket, inTransaction } from '../../../src/platform/db/transaction.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let db: Db;
beforeAll(async () => {
  world = await createWorld();
  db = connect(world.ownerUrl, { pool: 4, prepared: true });
  await db.raw('create table notes (id int primary key)');
});
afterAll(async () => {
  await db.destroy();
  await world.close();
});

const connectionOf = async () => (await db.raw<{ rows: { pid: number }[] }>('select pg_backend_pid() as pid')).rows[0];
const notes = () => db('notes').orderBy('id').pluck<number[]>('id');

describe('statements that are asked for at the same moment', () => {
  it('share a connection, and each gets its own answer', async () => {
    const ask = (number: number) =>
      db.raw<{ rows: object[] }>('select ?::int as number, pg_backend_pid() as pid', [number]);
    const answers = await Promise.all([1, 2, 3].map(ask));
    const { pid } = (await connectionOf()) as { pid: number };
    expect(answers.map(({ rows }) => rows)).toEqual([1, 2, 3].map((number) => [{ number, pid }]));
  });

  it('fail one by one', async () => {
    const outcomes = await Promise.allSettled([db.raw('select 1'), db.raw('select 1 / 0'), db.raw('select 2')]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('are not part of a transaction that is open meanwhile', async () => {
    await inTransaction(db, async (trx) => {
      const [, outside] = await Promise.all([trx('notes').insert({ id: 1 }), notes()]);
      expect(outside).toEqual([]);
      await trx('notes').delete();
    });
  });

  it('leave a connection on which a cursor can read', async () => {
    const single = connect(world.ownerUrl, { pool: 1, prepared: true });
    await Promise.all([single.raw('select 1'), single.raw('select 2')]);
    const read: number[] = [];
    const query = single.raw<{ rows: { n: number }[] }>('select n from generate_series(1, 500) n');
    for await (const n of streamRows(single, query, (row: { n: number }) => row.n)) read.push(n);
    expect(read).toHaveLength(500);
    await single.destroy();
  });

  it('wait for each other, and nobody else for them', async () => {
    const holder = await db.transaction();
    await holder.raw('select pg_advisory_xact_lock(7)');
    let answered = false;
    const packet = Promise.all([db.raw('select pg_advisory_xact_lock(7)'), db.raw('select 1')]);
    void packet.then(() => (answered = true));
    // The next moment.
    await setImmediate();
    expect((await db.raw('select 1')).rowCount).toBe(1);
    expect(answered).toBe(false);
    await holder.commit();
    await packet;
  });
});

describe('a statement that cannot even be sent', () => {
  it('leaves its connection to one owner', async () => {
    const unsendable: { self?: object } = {};
    unsendable.self = unsendable;
    const pidOf = (answer: { rows: { pid: number }[] }) => answer.rows[0]?.pid;
    const both = await db
      .raw('select ?::jsonb', [unsendable as never])
      .catch(async () =>
        Promise.all([
          inTransaction(db, async (trx) => pidOf(await trx.raw('select pg_backend_pid() as pid'))),
          db.raw<{ rows: { pid: number }[] }>('select pg_backend_pid() as pid').then(pidOf),
        ]),
      );
    expect(new Set(both as number[]).size).toBe(2);
    expect((db.client as { pool: { numUsed(): number } }).pool.numUsed()).toBe(0);
  });
});

describe('a transaction', () => {
  it('hears a refusal of its packet once all of it is answered, so that nothing is under way when it is rolled back', async () => {
    const slow = Promise.withResolvers<void>();
    let thrown = false;
    const packet = inOnePacket(Promise.reject(new Error('refused')), slow.promise).catch(() => (thrown = true));
    await setImmediate();
    expect(thrown).toBe(false);
    slow.resolve();
    await packet;
    expect(thrown).toBe(true);
  });

  it('gives no connection back that still owes an answer', async () => {
    const single = connect(world.ownerUrl, { pool: 1, prepared: true });
    const before = await single.raw<{ rows: object[] }>('select pg_backend_pid() as pid');
    const connection = (await single.client.acquireConnection()) as pg.Client;
    const asked = connection.query('select 1');
    await single.client.releaseConnection(connection);
    await asked;
    const after = await single.raw<{ rows: object[] }>('select pg_backend_pid() as pid');
    expect(after.rows).not.toEqual(before.rows);
    await single.destroy();
  });

  it('has one connection, which its packets share, in their order', async () => {
    await inTransaction(db, async (trx) => {
      const [, , ids] = await inOnePacket(
        trx('notes').insert({ id: 1 }),
        trx('notes').insert({ id: 2 }),
        trx('notes').orderBy('id').pluck<number[]>('id'),
      );
      expect(ids).toEqual([1, 2]);
    });
    expect(await notes()).toEqual([1, 2]);
    await db('notes').delete();
  });

  it('keeps nothing of a packet in which one statement fails', async () => {
    const twice = inTransaction(db, (trx) =>
      inOnePacket(trx('notes').insert({ id: 1 }), trx('notes').insert({ id: 1 }), trx('notes').insert({ id: 2 })),
    );
    await expect(twice).rejects.toThrow(/notes_pkey/);
    expect(await notes()).toEqual([]);
  });
});
