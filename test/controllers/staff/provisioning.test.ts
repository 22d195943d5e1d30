import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inTransaction } from '../../../src/platform/db/transaction.ts';
import { PlanSoldOut } from '../../../src/domain/errors.ts';
import { markOrderCancelled } from '../../../src/domain/orders/mark-cancelled.ts';
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
  await inTransaction(world.db, (trx) => seedProvisioning(trx, '10.20.0.1', 70));
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

describe('provisioning', () => {
  it('a VPS gets an address when it is paid, and is in service at once (O11)', async () => {
    await world.credit(customer, '9.50');
    const { orderId, invoice } = await world.placeOrder(customer);
    await world.pay(customer, invoice.id);
    expect(await world.order(orderId)).toMatchObject({ status: 'active', paid_until: '2026-04-09' });
    expect((await world.order(orderId)).ip).toMatch(/^10\.20\.0\.\d+/);
  });

  it('64 orders at once get the 60 addresses that are free, and the rest are refused (O11, desk b22)', async () => {
    const buyers = await Promise.all(Array.from({ length: 64 }, () => world.addCustomer({ balance: '5.00' })));
    const location = await world.db('locations').where({ code: 'warsaw' }).first('id');
    const free = () =>
      world
        .db('network_addresses')
        .whereIn('network_id', world.db('networks').where({ location_id: location.id }).select('id'))
        .whereNull('order_id');
    const spare = await free().select('address').offset(60);
    await world
      .db('network_addresses')
      .whereIn(
        'address',
        spare.map(({ address }) => address),
      )
      .delete();
    await world.openConnections();
    const placed = await Promise.allSettled(
      buyers.map((buyer) => world.placeOrder(buyer, { plan: 'vps-1', location: 'warsaw' })),
    );
    const kept = placed.flatMap((each, nth) => (each.status === 'fulfilled' ? [{ nth, ...each.value }] : []));
    expect(kept).toHaveLength(60);
    expect(await free()).toHaveLength(0);
    await Promise.all(kept.map(({ nth, invoice }) => world.pay(buyers[nth] as TestCustomer, invoice.id)));
    const orders = await world.db('orders').whereIn(
      'id',
      kept.map(({ orderId }) => orderId),
    );
    expect(orders.every(({ status }) => status === 'active')).toBe(true);
    expect(new Set(orders.map(({ ip }) => ip)).size).toBe(60);
  });

  it('64 orders at once get the 7 servers in stock, and each that ends unpaid gives its own back (desk b22)', async () => {
    const buyers = await Promise.all(Array.from({ length: 64 }, () => world.addCustomer()));
    await world.db('plans').where({ code: 'ds-e-2276g' }).update({ stock: 7 });
    await world.openConnections();
    const placed = await Promise.allSettled(buyers.map((buyer) => world.placeOrder(buyer, { plan: 'ds-e-2276g' })));
    const kept = placed.flatMap((each, nth) => (each.status === 'fulfilled' ? [{ nth, ...each.value }] : []));
    expect(kept).toHaveLength(7);
    const refused = placed.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
    expect(refused.every((reason) => reason instanceof PlanSoldOut)).toBe(true);
    const stock = async () => (await world.db('plans').where({ code: 'ds-e-2276g' }).first('stock')).stock;
    expect(await stock()).toBe(0);
    expect((await visitor.get('/orders/new?plan=ds-e-2276g')).textOf('main')).toContain('Sold out');
    await Promise.all(
      kept.map(({ nth, orderId }) =>
        inTransaction(world.db, (trx) =>
          markOrderCancelled(trx, world.clock, { customerId: (buyers[nth] as TestCustomer).customerId, orderId }),
        ),
      ),
    );
    expect(await stock()).toBe(7);
    await world.db('plans').where({ code: 'ds-e-2276g' }).update({ stock: null });
  });

  it('an address that a server has used rests for a week before somebody else gets it (O11, desk b23)', async () => {
    await world.db('network_addresses').delete().whereNull('order_id');
    const network = await world
      .db('networks')
      .where({ location_id: world.db('locations').where({ code: 'amsterdam' }).select('id') })
      .first('id');
    await world.db('network_addresses').insert({ address: '10.99.0.1', network_id: network.id });
    await world.credit(customer, '40.00');
    const first = await world.placeOrder(customer);
    await world.pay(customer, first.invoice.id);
    const end = (orderId: number) =>
      inTransaction(world.db, (trx) =>
        markOrderCancelled(trx, world.clock, { customerId: customer.customerId, orderId }),
      );
    await end(first.orderId);
    await expect(world.placeOrder(customer)).rejects.toThrow(PlanSoldOut);
    world.clock.advanceMinutes(7 * 24 * 60);
    // One that was kept and never used need not rest.
    await end((await world.placeOrder(customer)).orderId);
    const third = await world.placeOrder(customer);
    await world.pay(customer, third.invoice.id);
    expect(await world.order(third.orderId)).toMatchObject({ status: 'active', ip: '10.99.0.1' });
  });

  it('a dedicated server waits until staff assign an address, which is logged (O11, S3)', async () => {
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
    expect((await visitor.get(`/orders/${orderId}`)).text).toContain('Active, IP address 192.0.2.7');
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
    for (const ip of [
      '0.0.0.0',
      '0.1.2.3',
      '127.0.0.1',
      '127.9.9.9',
      '169.254.1.1',
      '224.0.0.1',
      '239.255.255.250',
      '255.255.255.255',
      '::',
      '::1',
      'fe80::1',
      'ff02::1',
      '::ffff:127.0.0.1',
      '::ffff:10.0.0.7',
      '::7f00:1',
    ]) {
      const refused = await admin.post(`/staff/orders/${orderId}/activation`, { ip });
      expect(refused.status).toBe(422);
      expect(refused.$('.alert-bad').text()).toContain(`${ip} cannot be the address of a server`);
    }
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
});
