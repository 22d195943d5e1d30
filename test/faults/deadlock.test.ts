import { afterAll, beforeAll, expect, it } from 'vitest';
import { inTransaction } from '../../src/platform/db/transaction.ts';
import type { TestCustomer } from '../support/people.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

it('two commands that wait for each other are both done: the one that the database ends is run again', async () => {
  const [one, other] = [await world.addCustomer(), await world.addCustomer()];
  let attempts = 0;
  let arrived = 0;
  const bothAreIn = Promise.withResolvers<void>();
  const change = (...customers: TestCustomer[]) =>
    inTransaction(world.db, async (trx) => {
      attempts += 1;
      for (const { customerId } of customers) {
        await trx('customers').where({ id: customerId }).update({ city: 'Kraków' });
        arrived += 1;
        if (arrived === 2) bothAreIn.resolve();
        await bothAreIn.promise;
      }
    });
  await Promise.all([change(one, other), change(other, one)]);
  expect(attempts).toBeGreaterThan(2);
});
