import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, type Db } from '../../../src/platform/db/database.ts';
import { verifyInvariants } from '../../../src/domain/audit/verify-invariants.ts';
import { seedDemo } from '../../../seeds/demo.ts';
import { restoreInto } from '../../support/restore.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let copy: Db;
beforeAll(async () => {
  world = await createWorld({ environment: { SEED_DEMO: 'true' } });
  world.clock.set('2026-11-22T12:00:00Z');
  // The demo brings its own catalogue.
  await world.db('plan_prices').delete();
  await world.db('plans').delete();
  await seedDemo(world.db, world.clock, world.config);
  await world.owner.raw('create database ?? template template0', [`${world.database}_copy`]);
  copy = connect(`${world.ownerUrl}_copy`, { pool: 1 });
});
afterAll(async () => {
  await copy.destroy();
  await world.owner.raw('drop database ?? with (force)', [`${world.database}_copy`]);
  await world.close();
});

describe('a restored database', () => {
  it('has every function of ours find what it calls, whatever the search path', async () => {
    const { rows } = await world.db.raw<{ rows: { function: string }[] }>(
      `select oid::regprocedure::text as function from pg_proc where pronamespace = 'public'::regnamespace
       and not exists (select from pg_depend where objid = pg_proc.oid and deptype = 'e')
       and prosqlbody is null
       and not exists (select from unnest(proconfig) setting where setting like 'search_path=%')`,
    );
    expect(rows).toEqual([]);
  });

  it('has the rows and the books of the one it was copied from', async () => {
    await restoreInto(copy, world.owner);
    const counts = async (db: Db) =>
      Promise.all(
        ['ledger_entries', 'invoices', 'orders', 'payments', 'quotes', 'adjustments'].map(
          async (table) => (await db(table).count({ rows: '*' }))[0]?.['rows'],
        ),
      );
    expect(await counts(copy)).toEqual(await counts(world.db));
    const broken = (await verifyInvariants(copy)).filter(({ offenders }) => offenders.length > 0);
    expect(broken).toEqual([]);
  });

  it('guards its books as before', async () => {
    await expect(copy('ledger_entries').delete()).rejects.toThrow('only ever added');
    await expect(copy('invoices').update({ total: '0.001' })).rejects.toThrow();
  });
});
