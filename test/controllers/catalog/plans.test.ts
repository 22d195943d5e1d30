import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inTransaction } from '../../../src/platform/db/transaction.ts';
import { seedProvisioning } from '../../../seeds/catalogue.ts';
import { expectInvariants } from '../../support/invariants.ts';
import type { Visitor } from '../../support/visitor.ts';
import { NOW, type TestCustomer, World } from '../../support/world.ts';

const POOL = 70;

let world: World;
let customer: TestCustomer;
let visitor: Visitor;
beforeAll(async () => {
  world = await World.create({ pool: 64 });
  await world.storeRates({
    USD: '1.0705',
    GBP: '0.84638',
    PLN: '4.309',
    RUB: '93.5626',
    KZT: '610.24',
    JPY: '171.94',
  });
  await inTransaction(world.db, (trx) => seedProvisioning(trx, '10.20.0.1', POOL));
});
afterAll(async () => {
  await expectInvariants(world);
  await world.close();
});
beforeEach(async () => {
  await world.openConnections();
  world.clock.set(NOW);
  customer = await world.addCustomer();
  visitor = await world.signIn(customer);
});

const ordersOf = () => world.db('orders').where({ customer_id: customer.customerId });
const form = async (plan: string) => {
  const page = await visitor.get(`/orders/new?plan=${plan}`);
  const hidden = page
    .$('form[data-order-form] input[type=hidden]')
    .map((_, field) => [[page.$(field).attr('name'), page.$(field).attr('value')]])
    .get() as unknown as [string, string][];
  return {
    page,
    fields: {
      ...Object.fromEntries(hidden.filter(([name]) => name !== '_csrf')),
      months: '1',
      hostname: 'web1.example.com',
      os: 'debian-13',
    } as Record<string, string>,
  };
};

describe('the catalogue', () => {
  it('says what is sold out, and does not sell it by request either (O10)', async () => {
    await world.db('plans').where({ code: 'vps-storage' }).update({ sold_out: true });
    const page = await visitor.get('/catalog/vps');
    expect(page.$('tr[data-plan=vps-storage]').text()).toContain('Sold out');
    const { fields } = await form('vps-storage');
    const refused = await visitor.post('/orders', fields);
    expect(refused.status).toBe(422);
    expect(refused.$('.alert-bad').text()).toContain('sold out');
    expect(await ordersOf()).toHaveLength(0);
  });
});
