import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorld, type World } from '../../support/world.ts';
import type { Visitor } from '../../support/visitor.ts';

let world: World;
let admin: Visitor;
beforeEach(async () => {
  world = await createWorld();
  admin = await world.signIn(await world.addStaff('admin'));
});
afterEach(() => world.close());

const location = async (code: string) => (await world.db('locations').where({ code }).first('id')).id as number;

const fields = async () => ({
  network: '192.0.2.0/28',
  location: String(await location('prague')),
  gateway: '192.0.2.1',
  dns: '9.9.9.9 2620:fe::fe',
  vlan: '120',
  reserved: '192.0.2.2-192.0.2.3',
  automatic: '1',
  rest_days: '3',
  alarm_below: '4',
  note: 'Rack 7',
});

describe('a network that is added (b23)', () => {
  it('gives its addresses to orders in its location, all but those that are kept', async () => {
    await world.db('categories').where({ code: 'vps' }).update({ provisioning: 'automatic' });
    await admin.get('/staff/networks/new');
    const page = await admin.submit('/staff/networks', await fields());
    expect(page.textOf('h1')).toBe('192.0.2.0/28');
    const row = await world.db('networks').first();
    expect(row).toMatchObject({ vlan: 120, rest_days: 3, alarm_below: 4, note: 'Rack 7', gateway: '192.0.2.1' });
    expect(await world.db('network_addresses')).toHaveLength(11);
    const customer = await world.addCustomer({ balance: '9.50' });
    const { orderId, invoice } = await world.placeOrder(customer, { location: 'prague' });
    await world.pay(customer, invoice.id);
    expect(await world.order(orderId)).toMatchObject({ status: 'active', ip: '192.0.2.4' });
    expect(await world.db('audit_log').where({ action: 'network.created' })).toHaveLength(1);
  });

  it('knows the servers that had its addresses before it was there', async () => {
    const orderId = await world.addActiveOrder(await world.addCustomer(), {}, '192.0.2.9');
    await admin.get('/staff/networks/new');
    await admin.post('/staff/networks', await fields());
    expect(await world.db('network_addresses').where({ address: '192.0.2.9' }).first()).toMatchObject({
      order_id: orderId,
    });
  });

  it('keeps what was typed beside what is wrong with it, and shares no address with another', async () => {
    await admin.get('/staff/networks/new');
    const odd = await admin.post('/staff/networks', {
      ...(await fields()),
      network: '192.0.2.1/24',
      location: '',
      vlan: '5000',
      dns: 'nine',
    });
    expect(odd.status).toBe(422);
    expect(odd.$('.alert-bad li')).toHaveLength(4);
    expect(odd.value('input[name=network]')).toBe('192.0.2.1/24');
    const outside = await admin.post('/staff/networks', { ...(await fields()), gateway: '198.51.100.1' });
    expect(outside.textOf('#gateway-error')).toContain('address of this network');
    await admin.post('/staff/networks', await fields());
    const again = await admin.post('/staff/networks', { ...(await fields()), network: '192.0.2.0/24' });
    expect(again.textOf('.alert-bad')).toContain('192.0.2.0/24 shares addresses with 192.0.2.0/28');
  });
});
