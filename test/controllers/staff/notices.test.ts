import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeDigests, writeNoticesAtOnce } from '../../../src/domain/desk/staff-notices.ts';
import type { TestCustomer } from '../../support/people.ts';
import type { Visitor } from '../../support/visitor.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let support: Visitor;
let customer: TestCustomer;
beforeEach(async () => {
  world = await createWorld();
  customer = await world.addCustomer({ balance: '1000.00' });
  support = await world.signIn(await world.addStaff('support'));
});
afterEach(() => world.close());

/** A server that is paid and waits for staff. */
async function waitingOrder() {
  const { orderId, invoice } = await world.placeOrder(customer, { plan: 'ds-e-2276g' });
  await world.pay(customer, invoice.id);
  return orderId;
}
const choose = async (notices: Record<string, string>) => {
  await support.get('/staff/notices');
  return support.submit('/staff/notices', notices);
};
const tell = () => writeNoticesAtOnce(world.db, world.clock, 'UTC');
const digest = () => writeDigests(world.db, world.clock, 'UTC');
const written = async (): Promise<[string, Record<string, number>][]> =>
  (await world.db('mails').whereIn('kind', ['staff_work', 'staff_digest']).orderBy('id')).map(({ kind, data }) => [
    kind,
    Object.fromEntries((data.work as { kind: string; count: number }[]).map((line) => [line.kind, line.count])),
  ]);

describe('messages to staff about work', () => {
  it('come to nobody who has not chosen them', async () => {
    await waitingOrder();
    await tell();
    await digest();
    expect(await written()).toEqual([]);
  });

  it('come at once, and again only when something is added', async () => {
    await choose({ orders_to_set_up: 'at_once' });
    expect((await support.get('/staff/notices')).value('#orders_to_set_up option[selected]')).toBe('at_once');
    const first = await waitingOrder();
    await tell();
    await tell();
    expect(await written()).toEqual([['staff_work', { orders_to_set_up: 1 }]]);
    // One is done while another comes: as many wait as before, and it is new all the same.
    await world.activate(customer, first);
    world.clock.advanceMinutes(1);
    await waitingOrder();
    await tell();
    expect(await written()).toHaveLength(2);
    await choose({ orders_to_set_up: 'off' });
    await waitingOrder();
    await tell();
    expect(await written()).toHaveLength(2);
  });

  it('come once of many at the same moment', async () => {
    await choose({ orders_to_set_up: 'at_once' });
    await waitingOrder();
    await Promise.all(Array.from({ length: 8 }, tell));
    expect(await written()).toEqual([['staff_work', { orders_to_set_up: 1 }]]);
  });

  it('come in the morning once a day, with all that waits', async () => {
    await choose({ orders_to_set_up: 'digest' });
    await digest();
    expect(await written()).toEqual([]);
    await waitingOrder();
    await waitingOrder();
    world.clock.advanceMinutes(24 * 60);
    await Promise.all([digest(), digest()]);
    expect(await written()).toEqual([['staff_digest', { orders_to_set_up: 2 }]]);
    world.clock.advanceMinutes(24 * 60);
    await digest();
    expect(await written()).toHaveLength(2);
  });

  it('offer and tell only of what one may deal with', async () => {
    await world.owner('staff_roles').insert({ code: 'greeter', rights: ['customers:view'] });
    const greeter = await world.signIn(await world.addStaff('greeter'));
    const page = await greeter.get('/staff/notices');
    expect(page.attributes('main select', 'name')).toEqual(['mails_not_delivered']);
    expect(page.attributes('#mails_not_delivered option', 'value')).toEqual(['off', 'digest']);
    await choose({ orders_to_set_up: 'at_once' });
    await world.owner('users').where({ staff_role: 'support' }).update({ staff_role: 'greeter' });
    await waitingOrder();
    await tell();
    expect(await written()).toEqual([]);
  });
});
