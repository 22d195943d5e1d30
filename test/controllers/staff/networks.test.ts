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

const importFile = (text: string) => admin.upload('/staff/networks/imports', Buffer.from(text), 'networks.csv');

describe('the networks (b23)', () => {
  it('come from a CSV file, all or none, and a fault is named with its line', async () => {
    await admin.get('/staff/networks');
    const head = 'network,location,gateway,vlan,reserved\n';
    const bad = await importFile(`${head}192.0.2.0/28,prague,192.0.2.1,12,\n198.51.100.0/24,nowhere,,,\n`);
    expect(bad.status).toBe(422);
    expect(bad.textOf('.alert-bad')).toBe('Line 3: there is no location with this code.');
    expect(await world.db('networks')).toHaveLength(0);
    await admin.get('/staff/networks');
    const both = await importFile(`${head}192.0.2.0/28,prague,192.0.2.1,12,192.0.2.2\n2a0c:5a00:41::/48,warsaw\n`);
    expect(both.status).toBe(303);
    const page = await admin.get('/staff/networks');
    expect(page.textOf('.lead')).toContain('2 networks, 16 IPv4 addresses, 12 free');
    expect(page.textOf('section[aria-label=IPv6] tr[data-id]')).toContain('65,535');
  });

  it.each([
    ['', 'Line 1: there is nothing to import.'],
    ['a,b\n1,2\n', 'Line 1: columns “network” and “location” are needed.'],
    ['network,location\n10.0.0.0/8,prague\n', 'Line 2: this is no network that can be given out.'],
    ['network,location,vlan\n192.0.2.0/28,prague,9999\n', 'Line 2: a VLAN is a number from 1 to 4094.'],
    [
      'network,location,gateway\n192.0.2.0/28,prague,10.0.0.1\n',
      'Line 2: the gateway is not an address of the network.',
    ],
    [
      'network,location,reserved\n192.0.2.0/28,prague,10.0.0.1\n',
      'Line 2: what is reserved is not within the network.',
    ],
  ])('refuse the file %j', async (text, words) => {
    await admin.get('/staff/networks');
    expect((await importFile(text)).textOf('.alert-bad')).toBe(words);
  });

  it('with fewer free addresses than they should have stand on the work list', async () => {
    const { id } = await world
      .db('networks')
      .insert({ cidr: '192.0.2.0/28', location_id: await location('prague'), alarm_below: 3 })
      .returning('id')
      .then(([row]) => row);
    await world
      .db('network_addresses')
      .insert(['192.0.2.2', '192.0.2.3'].map((address) => ({ address, network_id: id })));
    expect((await admin.get('/staff/networks')).textOf('.alert-warn')).toContain('Prague has 2 addresses left');
    expect((await admin.get('/staff')).textOf('main')).toContain('Network with few addresses left');
    await world.db('networks').update({ alarm_below: 2 });
    expect((await admin.get('/staff')).textOf('main')).not.toContain('few addresses');
  });
});
