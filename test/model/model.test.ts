import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTransaction } from '../../src/platform/db/transaction.ts';
import { Refusal } from '../../src/domain/errors.ts';
import { Exact } from '../../src/domain/money/money.ts';
import { seedProvisioning } from '../../seeds/catalogue.ts';
import { expectInvariants } from '../support/invariants.ts';
import { choose, seededIntegers } from '../support/random.ts';
import { createWorld, type World } from '../support/world.ts';
import { Model } from './model.ts';
import { OPERATIONS } from './operations.ts';

const CUSTOMERS = 8;
const WORKERS = 10;
const OPERATIONS_EACH = 520;
const SEED = 20260310;

/** Each operation as often as it is to be done. */
const DECK = OPERATIONS.flatMap((operation) => Array.from({ length: operation.often }, () => operation));

let world: World;
let staffId: number;
let models: Model[];
/** How many of each operation the application accepted, by name, and how many it refused. */
const accepted = new Map<string, number>();
let refused = 0;

beforeAll(async () => {
  world = await createWorld({ pool: 40, environment: { RATES_MAX_AGE_DAYS: '3650' } });
  await world.storeRates({ USD: '1.0705', RUB: '93.5626', JPY: '171.94' });
  await inTransaction(world.db, (trx) => seedProvisioning(trx, '10.77.0.1', 2000));
  staffId = (await world.addStaff('billing')).userId;
  models = await Promise.all(Array.from({ length: CUSTOMERS }, async () => new Model(await world.addCustomer())));
  await world.openConnections();
  await Promise.all(Array.from({ length: WORKERS }, (_, worker) => work(worker)));
}, 300_000);
afterAll(() => world.close());

async function work(worker: number) {
  const random = seededIntegers(SEED + worker);
  for (let turn = 0; turn < OPERATIONS_EACH; turn++) {
    const model = choose(models, random);
    const chosen = choose(DECK, random);
    if (!model || !chosen) throw new Error('Nothing to choose from');
    try {
      await chosen.operation({ world, model, random, staffId });
      accepted.set(chosen.name, (accepted.get(chosen.name) ?? 0) + 1);
    } catch (error) {
      // What the application refuses, it says; anything else fails the test. A quote may run out while a day passes.
      if (!(error instanceof Refusal) && !/quote has run out/.test(String(error))) throw error;
      refused += 1;
    }
  }
}

describe('thousands of random operations by many workers at once', () => {
  it('leave every customer the balance that a simple model says', async () => {
    for (const { customer, balance } of models)
      expect(new Exact(await world.balanceOf(customer)).toFixed()).toBe(balance.toFixed());
  });

  it('were mostly accepted, each kind of them more than ten times', async () => {
    const done = [...accepted.values()].reduce((total, count) => total + count, 0);
    expect(done + refused).toBe(WORKERS * OPERATIONS_EACH);
    expect(done).toBeGreaterThan(refused);
    for (const { name } of OPERATIONS)
      expect([name, accepted.get(name) ?? 0]).toEqual([name, expect.toSatisfy((count: number) => count > 10)]);
    expect(await world.db('plan_changes')).not.toHaveLength(0);
  });

  it('leave true books', async () => {
    await expectInvariants(world);
  });
});
