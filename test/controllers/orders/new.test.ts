import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inTransaction } from '../../../src/platform/db/transaction.ts';
import { parseHostname } from '../../../src/domain/orders/hostname.ts';
import { cancelOrder } from '../../../src/domain/cancellations/cancel-order.ts';
import { seedProvisioning } from '../../../seeds/catalogue.ts';
import { NOW } from '../../support/clock.ts';
import { expectInvariants } from '../../support/invariants.ts';
import type { TestCustomer } from '../../support/people.ts';
import type { Visitor } from '../../support/visitor.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let customer: TestCustomer;
let visitor: Visitor;
beforeAll(async () => {
  world = await createWorld({ pool: 64 });
  await world.storeRates();
  await inTransaction(world.db, (trx) => seedProvisioning(trx, '10.20.0.1', 20));
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
const openForm = async (plan: string) => {
  const page = await visitor.get(`/orders/new?plan=${plan}`);
  const hidden = page.fields('form[data-order-form] input[type=hidden]');
  const fields = { ...hidden, months: '1', hostname: 'web1.example.com', os: 'debian-13' };
  return { page, fields };
};

describe('ordering', () => {
  it('shows each period with its saving and total, and makes an order and its invoice (O10, I9)', async () => {
    const { page, fields } = await openForm('ds-e-2276g');
    expect(page.values('input[name=months]')).toEqual(['1', '2', '3', '6', '12', '24']);
    expect(page.amount('#summary-1 [data-total]')).toBe('128.00');
    expect(page.$('fieldset').text()).toContain('you save');
    const invoice = await visitor.submit('/orders', { ...fields, months: '3' });
    expect(invoice.amounts('tbody tr')).toEqual(['225.00', '49.00']);
    const [order] = await ordersOf();
    expect(order).toMatchObject({
      status: 'awaiting_payment',
      period_months: 3,
      price: '225.0000',
      hostname: 'web1.example.com',
      os: 'debian-13',
    });
    const row = await world.db('invoices').where({ customer_id: customer.customerId }).first();
    expect(row).toMatchObject({ total: '274.0000', due_on: world.daysFromToday(7) });
  });

  it('a form sent again after its order was cancelled says so before it orders anew (O10)', async () => {
    const customer = await world.addCustomer();
    const visitor = await world.signIn(customer);
    const form = await visitor.get('/orders/new?plan=vps-2');
    const key = form.value('input[name=key]');
    const fields = { plan: 'vps-2', months: '1', hostname: 'again.example.com', os: 'debian-13', key };
    expect((await visitor.post('/orders', fields)).status).toBe(303);
    const [order] = await world.db('orders').where({ customer_id: customer.customerId });
    await cancelOrder(world.db, world.clock, {
      customerId: customer.customerId,
      userId: null,
      orderId: order.id,
      reason: '',
    });
    const refused = await visitor.post('/orders', fields);
    expect(refused.status).toBe(422);
    expect(refused.$('.alert-bad').text()).toContain(`Order ${order.id}, placed with this form, has been cancelled`);
    expect(refused.value('input[name=hostname]')).toBe('again.example.com');
    const fresh = refused.value('input[name=key]');
    expect((await visitor.post('/orders', { ...fields, key: fresh })).status).toBe(303);
    expect(await world.db('orders').where({ customer_id: customer.customerId })).toHaveLength(2);
  });

  it('the same form sent twice, or 16 times at once, places one order (O10)', async () => {
    const { fields } = await openForm('vps-1');
    const answers = await Promise.all(
      Array.from({ length: 16 }, () =>
        visitor.agent
          .post('/orders')
          .type('form')
          .send({ ...fields, _csrf: visitor.token }),
      ),
    );
    expect(new Set(answers.map((answer) => answer.headers['location']))).toHaveProperty('size', 1);
    expect(await ordersOf()).toHaveLength(1);
  });

  it('the same form, changed and sent again, is not taken for the same order (O10)', async () => {
    const { fields } = await openForm('vps-1');
    await visitor.post('/orders', fields);
    const again = await visitor.post('/orders', { ...fields, hostname: 'other.example.com' });
    expect(again.status).toBe(422);
    expect(again.$('.alert-bad').text()).toContain('was already placed');
    expect(await ordersOf()).toHaveLength(1);
  });

  it('a price that changed meanwhile is shown again before anything is ordered (O10)', async () => {
    const { fields } = await openForm('vps-8');
    const prices = world.db('plan_prices').where({
      plan_id: world.db('plans').where({ code: 'vps-8' }).select('id'),
      currency: 'EUR',
      months: 1,
    });
    await prices.clone().update({ price: '41.00' });
    const again = await visitor.post('/orders', fields);
    expect(again.status).toBe(422);
    expect(again.$('.alert-bad').text()).toContain('€41.00');
    expect(again.value('input[name=hostname]')).toBe('web1.example.com');
    expect(await ordersOf()).toHaveLength(0);
    const shown = again.value('input[name=shown_prices]');
    expect((await visitor.post('/orders', { ...fields, shown_prices: shown })).status).toBe(303);
    await prices.update({ price: '39.00' });
  });

  it('takes prices from the database, never from the form (security 40)', async () => {
    const { fields } = await openForm('vps-8');
    const unreadable = await visitor.post('/orders', { ...fields, shown_prices: 'nothing' });
    expect([unreadable.status, unreadable.$('.alert-bad').length]).toEqual([422, 1]);
    const invented = { shown_prices: 'months-1=0.01', price: '0.01', setup_fee: '0' };
    expect((await visitor.post('/orders', { ...fields, ...invented })).status).toBe(422);
    expect(await ordersOf()).toHaveLength(0);
  });

  it.each([
    [{ hostname: '' }, 'hostname'],
    [{ hostname: '-web.example' }, 'hostname'],
    [{ hostname: 'a b' }, 'hostname'],
    [{ hostname: '10.0.0.1' }, 'hostname'],
    [{ hostname: 'x'.repeat(300) }, 'hostname'],
    [{ os: 'templeos' }, 'os'],
    [{ months: '2' }, 'months'],
    [{ months: '' }, 'months'],
  ])('refuses %j with words, and keeps what was typed', async (odd, field) => {
    const { fields } = await openForm('vps-1');
    const page = await visitor.post('/orders', { ...fields, ...odd });
    expect(page.status).toBe(422);
    expect(page.link('.alert-bad a')).toBe(field === 'months' ? '#months-1' : `#${field}`);
    expect(await ordersOf()).toHaveLength(0);
  });

  it('of a plan that is not offered is not there', async () => {
    await visitor.get('/orders');
    for (const plan of ['nothing', '', "'; --"])
      expect((await visitor.get(`/orders/new?plan=${encodeURIComponent(plan)}`)).status).toBe(404);
    expect(
      (
        await visitor.post('/orders', {
          plan: 'nothing',
          months: '1',
          hostname: 'a.example',
          os: 'debian-13',
        })
      ).status,
    ).toBe(404);
  });

  it('a placement key is no way into another customer’s order (O9, I8)', async () => {
    const key = randomUUID();
    const { fields } = await openForm('vps-1');
    await visitor.post('/orders', { ...fields, key });
    const stranger = await world.addCustomer();
    const person = await world.signIn(stranger);
    await person.get('/orders');
    await person.post('/orders', { ...fields, key });
    expect(await world.db('orders').where({ placement_key: key })).toHaveLength(2);
  });
});

describe('a hostname', () => {
  it('is labels of letters, digits and inner hyphens, in lower case', () => {
    expect(['Web1.Example.COM', 'host', 'a-b.c', 'x.example.'].map(parseHostname)).toEqual([
      'web1.example.com',
      'host',
      'a-b.c',
      'x.example',
    ]);
    expect(['', '.', 'a..b', 'a_b', '-a', 'a-', 'ä.example', '1.2.3.4', 'a'.repeat(64)].map(parseHostname)).toEqual(
      Array.from({ length: 9 }, () => null),
    );
  });
});
