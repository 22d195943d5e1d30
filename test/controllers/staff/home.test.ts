import { afterAll, beforeAll, expect, it } from 'vitest';
import { World } from '../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await World.create();
  await world.storeRates({ USD: '1.0705' });
  await world.addCustomer({ balance: '100.00' });
  await world.addCustomer({ balance: '50.00' });
  await world.addCustomer({ currency: 'USD', balance: '10.00' });
});
afterAll(() => world.close());

it('the overview sums all customers’ balances, by currency (S2)', async () => {
  const support = await world.signIn(await world.addStaff('support'));
  const page = await support.get('/staff');
  const amounts = page
    .$('main data')
    .map((_, amount) => page.$(amount).attr('value'))
    .get();
  expect(amounts).toEqual(expect.arrayContaining(['150.00', '10.00']));
});
