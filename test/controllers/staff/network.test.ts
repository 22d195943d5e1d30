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

let id: number;
beforeEach(async () => {
  const [row] = await world
    .db('networks')
    .insert({ cidr: '192.0.2.0/28', location_id: await location('prague') })
    .returning('id');
  id = row.id;
  await world
    .db('network_addresses')
    .insert([2, 3, 4, 5].map((last) => ({ address: `192.0.2.${last}`, network_id: id })));
});

const states = async (query = '') => {
  const page = await admin.get(`/staff/networks/${id}${query}`);
  return Object.fromEntries(
    page
      .$('tr[data-id]')
      .toArray()
      .map((row) => [page.$(row).attr('data-id'), page.$(row).attr('data-status')]),
  );
};

describe('a network (b23)', () => {
  it('lists its addresses with whose they are, by state', async () => {
    const orderId = await world.addActiveOrder(await world.addCustomer(), {}, '192.0.2.3');
    await world.db('network_addresses').where({ address: '192.0.2.3' }).update({ order_id: orderId });
    await world.db('network_addresses').where({ address: '192.0.2.4' }).update({ released_at: world.clock.now() });
    expect(await states()).toEqual({
      '192.0.2.2': 'free',
      '192.0.2.3': 'used',
      '192.0.2.4': 'resting',
      '192.0.2.5': 'free',
    });
    expect(await states('?state=resting')).toEqual({ '192.0.2.4': 'resting' });
    const page = await admin.get(`/staff/networks/${id}`);
    expect(page.$(`a[href="/staff/orders/${orderId}"]`)).toHaveLength(1);
  });

  it('has addresses reserved and given out again, blocked with a reason and unblocked', async () => {
    const change = async (fields: Record<string, string>) => {
      await admin.get(`/staff/networks/${id}`);
      return admin.post(`/staff/networks/${id}/addresses`, { reason: '', ...fields });
    };
    await change({ addresses: '192.0.2.2-192.0.2.3', action: 'reserve' });
    expect(Object.keys(await states())).toEqual(['192.0.2.4', '192.0.2.5']);
    await change({ addresses: '192.0.2.2', action: 'offer' });
    expect(Object.keys(await states())).toEqual(['192.0.2.2', '192.0.2.4', '192.0.2.5']);
    expect((await change({ addresses: '192.0.2.4', action: 'block' })).textOf('#reason-error')).toContain('reason');
    await change({ addresses: '192.0.2.4', action: 'block', reason: 'Listed as spam' });
    expect(await states('?state=blocked')).toEqual({ '192.0.2.4': 'blocked' });
    await change({ addresses: '192.0.2.4', action: 'unblock' });
    expect(await states('?state=blocked')).toEqual({});
    expect((await change({ addresses: '10.0.0.1', action: 'reserve' })).status).toBe(422);
    // Its own first and last are no server’s.
    await change({ addresses: '192.0.2.0-192.0.2.15', action: 'offer' });
    expect(Object.keys(await states())).toHaveLength(14);
    expect(await world.db('audit_log').where({ action: 'network.addresses_changed' })).toHaveLength(5);
  });

  it('is changed and logged, and removed only while no server uses it', async () => {
    await admin.get(`/staff/networks/${id}`);
    const settings = {
      location: String(await location('warsaw')),
      gateway: '192.0.2.2',
      dns: '',
      vlan: '',
      rest_days: '1',
      alarm_below: '0',
      note: '',
    };
    expect((await admin.post(`/staff/networks/${id}`, settings)).status).toBe(303);
    expect(Object.keys(await states())).toEqual(['192.0.2.3', '192.0.2.4', '192.0.2.5']);
    const entry = await world.db('audit_log').where({ action: 'network.changed' }).first();
    expect(entry.details).toMatchObject({ before: { automatic: true }, after: { automatic: false, rest_days: 1 } });
    const orderId = await world.addActiveOrder(await world.addCustomer(), {}, '192.0.2.3');
    await world.db('network_addresses').where({ address: '192.0.2.3' }).update({ order_id: orderId });
    await admin.get(`/staff/networks/${id}`);
    expect((await admin.post(`/staff/networks/${id}/removal`)).status).toBe(422);
    await world.db('network_addresses').update({ order_id: null });
    expect((await admin.post(`/staff/networks/${id}/removal`)).status).toBe(303);
    expect(await world.db('networks')).toHaveLength(0);
    expect((await admin.get(`/staff/networks/${id}`)).status).toBe(404);
  });
});
