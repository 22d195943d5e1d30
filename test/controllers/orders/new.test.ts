import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inTransaction } from '../../../src/platform/db/transaction.ts';
import { parseHostname } from '../../../src/domain/orders/hostname.ts';
import { markOrderCancelled } from '../../../src/domain/orders/mark-cancelled.ts';
import { cancelOrder } from '../../../src/domain/cancellations/cancel-order.ts';
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
  const hidden = page.$('form[data-order-form] input[type=hidden]').map((_, field) => [[page.$(field).attr('name'), page.$(field).attr('value')]]).get() as unknown as [string, string][]; // prettier-ignore
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
  it('shows both categories with comparable columns, prices in the account currency and their equivalents (O10)', async () => {
    const index = await visitor.get('/catalog');
    expect(
      index
        .$('main h2')
        .map((_, heading) => index.$(heading).text())
        .get(),
    ).toEqual(['Dedicated server', 'VPS/VDS']);
    const page = await visitor.get('/catalog/vps');
    expect(page.$('tbody tr')).toHaveLength(8);
    const row = page.$('tr[data-plan=vps-2]');
    expect(row.text()).toContain('Amsterdam');
    expect(row.find('data').first().attr('value')).toBe('9.50');
    expect(row.find('.equivalent data').first().attr('value')).toBe('10.17');
    expect((await visitor.get('/catalog/dedicated')).text).toContain('setup €49.00');
  });

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

describe('ordering', () => {
  it('shows each period with its saving and total, and makes an order and its invoice (O10, I9)', async () => {
    const { page, fields } = await form('ds-e-2276g');
    expect(
      page
        .$('input[name=months]')
        .map((_, radio) => page.$(radio).attr('value'))
        .get(),
    ).toEqual(['1', '2', '3', '6', '12', '24']);
    expect(page.$('#summary-1 [data-total] data').attr('value')).toBe('128.00');
    expect(page.$('fieldset').text()).toContain('you save');
    const invoice = await visitor.submit('/orders', { ...fields, months: '3' });
    expect(
      invoice
        .$('tbody tr')
        .map((_, row) => invoice.$(row).find('data').attr('value'))
        .get(),
    ).toEqual(['225.00', '49.00']);
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

  it('a form whose order was cancelled since says so when it is sent again, and orders anew only when sent once more (O10)', async () => {
    const customer = await world.addCustomer();
    const visitor = await world.signIn(customer);
    const form = await visitor.get('/orders/new?plan=vps-2');
    const key = form.$('input[name=key]').attr('value') ?? '';
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
    expect(refused.$('.alert-bad').text()).toContain(`order ${order.id}, which has been cancelled`);
    expect(refused.$('input[name=hostname]').attr('value')).toBe('again.example.com');
    const fresh = refused.$('input[name=key]').attr('value') ?? '';
    expect((await visitor.post('/orders', { ...fields, key: fresh })).status).toBe(303);
    expect(await world.db('orders').where({ customer_id: customer.customerId })).toHaveLength(2);
  });

  it('the same form sent twice, or 16 times at once, places one order (O10)', async () => {
    const { fields } = await form('vps-1');
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
    const { fields } = await form('vps-1');
    await visitor.post('/orders', fields);
    const again = await visitor.post('/orders', { ...fields, hostname: 'other.example.com' });
    expect(again.status).toBe(422);
    expect(again.$('.alert-bad').text()).toContain('has placed order');
    expect(await ordersOf()).toHaveLength(1);
  });

  it('a price that changed meanwhile is shown again before anything is ordered (O10)', async () => {
    const { fields } = await form('vps-8');
    const prices = world.db('plan_prices').where({
      plan_id: world.db('plans').where({ code: 'vps-8' }).select('id'),
      currency: 'EUR',
      months: 1,
    });
    await prices.clone().update({ price: '41.00' });
    const again = await visitor.post('/orders', fields);
    expect(again.status).toBe(422);
    expect(again.$('.alert-bad').text()).toContain('€41.00');
    expect(again.$('input[name=hostname]').attr('value')).toBe('web1.example.com');
    expect(await ordersOf()).toHaveLength(0);
    const total = again.$('input[name=total_1]').attr('value') ?? '';
    expect((await visitor.post('/orders', { ...fields, total_1: total })).status).toBe(303);
    await prices.update({ price: '39.00' });
  });

  it('takes prices from the database, never from the form (security 40)', async () => {
    const { fields } = await form('vps-8');
    expect((await visitor.post('/orders', { ...fields, total_1: '0.01', price: '0.01', setup_fee: '0' })).status).toBe(
      422,
    );
    expect(await ordersOf()).toHaveLength(0);
  });

  it.each([
    [{ hostname: '' }, 'hostname'], [{ hostname: '-web.example' }, 'hostname'], [{ hostname: 'a b' }, 'hostname'], [{ hostname: '10.0.0.1' }, 'hostname'],
    [{ hostname: 'x'.repeat(300) }, 'hostname'], [{ os: 'templeos' }, 'os'], [{ months: '2' }, 'months'], [{ months: '' }, 'months'],
  ])('refuses %j with words, and keeps what was typed', async (odd, field) => {
    const { fields } = await form('vps-1');
    const page = await visitor.post('/orders', { ...fields, ...odd });
    expect(page.status).toBe(422);
    expect(page.$('.alert-bad a').attr('href')).toBe(field === 'months' ? '#months-1' : `#${field}`);
    expect(await ordersOf()).toHaveLength(0);
  }); // prettier-ignore

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

describe('provisioning', () => {
  it('a VPS gets an address when it is paid, and is in service at once (O11)', async () => {
    await world.credit(customer, '9.50');
    const { orderId, invoice } = await world.placeOrder(customer);
    await world.pay(customer, invoice.id);
    expect(await world.order(orderId)).toMatchObject({ status: 'active', paid_until: '2026-04-09' });
    expect((await world.order(orderId)).ip).toMatch(/^10\.20\.0\.\d+/);
  });

  it('never gives an address twice under 64 activations at once; an empty pool leaves the rest waiting, where staff see them (O11)', async () => {
    // Each by a customer of its own: one customer's payments would wait for each other at the balance.
    const buyers = await Promise.all(Array.from({ length: 64 }, () => world.addCustomer({ balance: '5.00' })));
    const placed = await Promise.all(
      buyers.map(async (buyer) => ({ buyer, ...(await world.placeOrder(buyer, { plan: 'vps-1' })) })),
    );
    const { free } = await world
      .db('pool_addresses')
      .whereNull('order_id')
      .count({ free: '*' })
      .first<{ free: number }>();
    const resting = world
      .db('pool_addresses')
      .whereNull('order_id')
      .limit(free - 60)
      .select('address');
    await world.db('pool_addresses').whereIn('address', resting).update({ released_at: world.clock.now() });
    await Promise.all(placed.map(({ buyer, invoice }) => world.pay(buyer, invoice.id)));
    const orders = await world.db('orders').whereIn('id', placed.map(({ orderId }) => orderId)); // prettier-ignore
    const addresses = orders.filter(({ status }) => status === 'active').map(({ ip }) => ip);
    expect(new Set(addresses).size).toBe(60);
    expect(addresses).toHaveLength(60);
    expect(orders.filter(({ status }) => status === 'provisioning')).toHaveLength(4);
    const staff = await (await world.signIn(await world.addStaff('support'))).get('/staff/provisioning');
    expect(staff.$('tbody tr').first().text()).toContain('pool of addresses is empty');
  });

  it('an address that is released rests for a week before somebody else gets it (O11)', async () => {
    await world.credit(customer, '20.00');
    await world.db('pool_addresses').delete().whereNull('order_id');
    const pool = await world.db('address_pools').first();
    await world.db('pool_addresses').insert({ address: '10.99.0.1', pool_id: pool.id });
    const first = await world.placeOrder(customer);
    await world.pay(customer, first.invoice.id);
    await inTransaction(world.db, (trx) =>
      markOrderCancelled(trx, world.clock, { customerId: customer.customerId, orderId: first.orderId }),
    );
    const second = await world.placeOrder(customer);
    await world.pay(customer, second.invoice.id);
    expect(await world.order(second.orderId)).toMatchObject({ status: 'provisioning' });
    world.clock.advanceMinutes(7 * 24 * 60);
    await world.credit(customer, '9.50');
    const third = await world.placeOrder(customer);
    await world.pay(customer, third.invoice.id);
    expect(await world.order(third.orderId)).toMatchObject({ status: 'active', ip: '10.99.0.1' });
  });

  it('a dedicated server waits for staff, who assign an address; the audit log and the history say so (O11, S3)', async () => {
    await world.credit(customer, '128.00');
    const { orderId, invoice } = await world.placeOrder(customer, { plan: 'ds-e-2276g' });
    await world.pay(customer, invoice.id);
    expect(await world.order(orderId)).toMatchObject({ status: 'provisioning' });
    const admin = await world.signIn(await world.addStaff('admin'));
    await admin.get('/staff/provisioning');
    for (const ip of ['', '10.0.0', '999.1.1.1', 'x', 'fe80::1%eth0'])
      expect((await admin.post(`/staff/orders/${orderId}/activation`, { ip })).status).toBe(422);
    await admin.get('/staff/provisioning');
    await admin.submit(`/staff/orders/${orderId}/activation`, { ip: '192.0.2.7' });
    expect(await world.order(orderId)).toMatchObject({
      status: 'active',
      ip: '192.0.2.7',
      anchor_on: '2026-03-10',
    });
    expect(await world.db('audit_log').where({ action: 'order.activated', subject_id: String(orderId) })).toHaveLength(
      1,
    );
    expect((await admin.post(`/staff/orders/${orderId}/activation`, { ip: '192.0.2.8' })).status).toBe(422);
    expect((await visitor.get(`/orders/${orderId}`)).text).toContain('In service, address 192.0.2.7');
  });

  it('an address that no server can have is refused in words, a private or public one is taken (O11)', async () => {
    const admin = await world.signIn(await world.addStaff('admin'));
    const waiting = async () => {
      await world.credit(customer, '128.00');
      const { orderId, invoice } = await world.placeOrder(customer, { plan: 'ds-e-2276g' });
      await world.pay(customer, invoice.id);
      return orderId;
    };
    const orderId = await waiting();
    await admin.get('/staff/provisioning');
    for (const ip of ['0.0.0.0', '0.1.2.3', '127.0.0.1', '127.9.9.9', '169.254.1.1', '224.0.0.1', '239.255.255.250', '255.255.255.255', '::', '::1', 'fe80::1', 'ff02::1', '::ffff:127.0.0.1', '::ffff:10.0.0.7', '::7f00:1']) {
      const refused = await admin.post(`/staff/orders/${orderId}/activation`, { ip });
      expect(refused.status).toBe(422);
      expect(refused.$('.alert-bad').text()).toContain(`${ip} cannot be the address of a server`);
    } // prettier-ignore
    expect(await world.order(orderId)).toMatchObject({ status: 'provisioning', ip: null });
    for (const ip of ['10.20.30.40', '185.22.60.70', 'fd12:3456::7', '2a01:4f8::7']) {
      const next = await waiting();
      await admin.submit(`/staff/orders/${next}/activation`, { ip });
      expect(await world.order(next)).toMatchObject({ status: 'active', ip });
    }
  });

  it('an address of another server is refused (O11)', async () => {
    await world.credit(customer, '256.00');
    const orders = [
      await world.placeOrder(customer, { plan: 'ds-e-2276g' }),
      await world.placeOrder(customer, { plan: 'ds-e-2276g' }),
    ];
    for (const { invoice } of orders) await world.pay(customer, invoice.id);
    const admin = await world.signIn(await world.addStaff('admin'));
    await admin.get('/staff/provisioning');
    const [first, second] = orders.map(({ orderId }) => `/staff/orders/${orderId}/activation`) as [string, string];
    await admin.submit(first, { ip: '192.0.2.50' });
    const refused = await admin.post(second, { ip: '192.0.2.50' });
    expect(refused.status).toBe(422);
    expect(refused.$('.alert-bad').text()).toContain('192.0.2.50 belongs to another');
  });

  it('a placement key is no way into another customer’s order (O9, I8)', async () => {
    const key = randomUUID();
    const { fields } = await form('vps-1');
    await visitor.post('/orders', { ...fields, key });
    const stranger = await world.addCustomer();
    const person = await world.signIn(stranger);
    await person.get('/orders');
    await person.post('/orders', { ...fields, key });
    expect(await world.db('orders').where({ placement_key: key })).toHaveLength(2);
  });
});
