import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Visitor } from '../../support/visitor.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let visitor: Visitor;
beforeAll(async () => {
  world = await createWorld();
  await world.storeRates({ USD: '1.0705' });
  visitor = await world.signIn(await world.addCustomer());
});
afterAll(() => world.close());

describe('the catalogue', () => {
  it('says what is sold out, and does not sell it by request either (O10)', async () => {
    await world.db('plans').where({ code: 'vps-storage' }).update({ stock: 0 });
    const page = await visitor.get('/catalog/vps');
    expect(page.$('tr[data-plan=vps-storage]').text()).toContain('Sold out');
    const fields = { plan: 'vps-storage', months: '1', hostname: 'web1.example.com', os: 'debian-13' };
    const refused = await visitor.post('/orders', fields);
    expect(refused.status).toBe(422);
    expect(refused.$('.alert-bad').text()).toContain('sold out');
    expect(await world.db('orders')).toHaveLength(0);
  });
});
