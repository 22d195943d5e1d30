import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inTransaction } from '../../../src/platform/db/transaction.ts';
import { seedProvisioning } from '../../../seeds/catalogue.ts';
import { expectInvariants } from '../../support/invariants.ts';
import type { TestCustomer } from '../../support/people.ts';
import type { Visitor } from '../../support/visitor.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let customer: TestCustomer;
let admin: Visitor;
let orderId: number;
let path: string;
beforeEach(async () => {
  world = await createWorld();
  await inTransaction(world.db, (trx) => seedProvisioning(trx, '10.20.0.2', 5));
  const location = await world.db('locations').where({ code: 'amsterdam' }).first('id');
  await world.db('networks').insert({ cidr: '2a0c:5a00:41::/48', location_id: location.id });
  customer = await world.addCustomer({ balance: '50.00' });
  const { orderId: id, invoice } = await world.placeOrder(customer, { location: 'amsterdam' });
  await world.pay(customer, invoice.id);
  orderId = id;
  path = `/staff/orders/${orderId}/address`;
  admin = await world.signIn(await world.addStaff('admin'));
  await admin.get(path);
});
afterEach(async () => {
  await expectInvariants(world);
  await world.close();
});

const addresses = async () => {
  const held = await world.db('network_addresses').where({ order_id: orderId }).orderBy('address').pluck('address');
  return held as string[];
};

describe('the addresses of a server (b23)', () => {
  it('are one of IPv4 and a /64 from the beginning, which its customer sees', async () => {
    expect(await addresses()).toEqual(['10.20.0.2', '2a0c:5a00:41:1::/64']);
    const page = await (await world.signIn(customer)).get(`/orders/${orderId}`);
    expect(page.textOf('.keys')).toContain('2a0c:5a00:41:1::/64');
  });

  it('are changed: the former rests, and the customer is told what there is now', async () => {
    await admin.submit(path, { change: 'replace', ip: '10.20.0.4', reason: 'Attacked' });
    expect((await world.order(orderId)).ip).toBe('10.20.0.4');
    const former = await world.db('network_addresses').where({ address: '10.20.0.2' }).first();
    expect(former).toMatchObject({ order_id: null, released_at: world.clock.now() });
    const mail = await world.db('mails').where({ kind: 'addresses_changed' }).first();
    expect(mail.data.ip).toBe('10.20.0.4, 2a0c:5a00:41:1::/64');
    const log = await admin.get('/staff/audit');
    expect(log.textOf('main')).toContain('10.20.0.2, 2a0c:5a00:41:1::/64 → 10.20.0.4, 2a0c:5a00:41:1::/64');
  });

  it('are of its own location, and of no other’s network', async () => {
    const prague = await world.db('locations').where({ code: 'prague' }).first('id');
    await world.db('networks').insert({ cidr: '203.0.113.0/24', location_id: prague.id });
    for (const change of ['replace', 'add']) {
      const page = await admin.post(path, { change, ip: '203.0.113.9', reason: 'Moved' });
      expect(page.textOf('.alert-bad')).toContain('203.0.113.0/24, which is in another location');
    }
    expect((await world.order(orderId)).ip).toBe('10.20.0.2');
  });

  it.each(['10.20.0.2/99', '10.20.0.2/64', '2a0c::/65', 'here'])('are not %s, which is said', async (ip) => {
    const page = await admin.post(path, { change: 'remove', ip, reason: 'Odd' });
    expect(page.status).toBe(422);
    expect(page.attribute('#ip', 'aria-invalid')).toBe('true');
  });

  it('are added and taken away again: the next free one, a named one, another /64', async () => {
    await admin.submit(path, { change: 'add', ip: '', reason: 'Ordered' });
    await admin.submit(path, { change: 'add', ip: '10.20.0.6', reason: 'Ordered' });
    await admin.submit(path, { change: 'add_subnet', ip: '', reason: 'Ordered' });
    expect(await addresses()).toEqual([
      '10.20.0.2',
      '10.20.0.3',
      '10.20.0.6',
      '2a0c:5a00:41:1::/64',
      '2a0c:5a00:41:2::/64',
    ]);
    await admin.submit(path, { change: 'remove', ip: '10.20.0.6', reason: 'Not wanted' });
    await admin.submit(path, { change: 'remove', ip: '2a0c:5a00:41:2::/64', reason: 'Not wanted' });
    expect(await addresses()).toEqual(['10.20.0.2', '10.20.0.3', '2a0c:5a00:41:1::/64']);
    expect((await admin.post(path, { change: 'remove', ip: '10.20.0.2', reason: 'Its own' })).status).toBe(404);
  });

  it('of another server, blocked ones, and what is none are refused with what was typed', async () => {
    const { orderId: other, invoice } = await world.placeOrder(customer, { location: 'amsterdam' });
    await world.pay(customer, invoice.id);
    const { ip } = await world.order(other);
    const taken = await admin.post(path, { change: 'replace', ip, reason: 'Swap' });
    expect(taken.status).toBe(422);
    expect(taken.value('input[name=ip]')).toBe(ip);
    await world
      .db('network_addresses')
      .where({ address: '10.20.0.5' })
      .update({ blocked_at: world.clock.now(), block_reason: 'Spam' });
    expect((await admin.post(path, { change: 'replace', ip: '10.20.0.5', reason: 'Swap' })).status).toBe(422);
    const odd = await admin.post(path, { change: 'replace', ip: 'ten', reason: '' });
    expect(odd.$('.alert-bad li')).toHaveLength(2);
    expect((await admin.post(path, { change: 'add', ip: '192.0.2.1', reason: 'Foreign' })).status).toBe(422);
  });

  it('go back to their networks with the order, and rest', async () => {
    const visitor = await world.signIn(customer);
    await visitor.get(`/orders/${orderId}/cancellation`);
    await visitor.post(`/orders/${orderId}/cancellation`, { when: 'now' });
    expect(await addresses()).toEqual([]);
    const rested = await world.db('network_addresses').whereNotNull('released_at');
    expect(rested).toHaveLength(2);
  });
});
