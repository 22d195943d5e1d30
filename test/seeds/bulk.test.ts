import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedInBulk } from '../../seeds/bulk.ts';
import { expectInvariants } from '../support/invariants.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

describe('a large database for measuring', () => {
  it('is made by sets, beside what was there, and is as invariant as the rest', async () => {
    const customer = await world.addCustomer({ balance: '10.00' });
    await world.placeOrder(customer);
    const progress: number[] = [];
    await seedInBulk(world.owner, world.clock, { customers: 50, orders: 2000 }, (done) => progress.push(done));
    expect(progress.at(-1)).toBe(2000);
    const { count } = await world.db('orders').count().first<{ count: number }>();
    expect(count).toBe(2001);
    await expectInvariants(world);
  });
});
