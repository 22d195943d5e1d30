import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestCustomer } from '../../support/people.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let customer: TestCustomer;
let orderId: number;
beforeAll(async () => {
  world = await createWorld();
  customer = await world.addCustomer();
  orderId = await world.addActiveOrder(customer, { plan: 'vps-2' });
  world.clock.set('2026-04-05T08:00:00Z');
});
afterAll(() => world.close());

describe('the staff page of a billing run', () => {
  it('says what a run did, with links, and lets staff run one, which is audited (S2)', async () => {
    const staff = await world.signIn(await world.addStaff('billing'));
    await staff.get('/staff/billing');
    const page = await staff.submit('/staff/billing', { day: '2026-04-05' });
    const [newest = ''] = page.texts('tbody tr');
    expect(newest).toContain('Invoiced 1');
    expect(newest).toContain('Done');
    const address = page.link('tbody tr:first-child th a');
    const run = await staff.get(address);
    expect(run.$('tr[data-action=issued]').text()).toContain(String(orderId));
    expect(run.link('tr[data-action=issued] a')).toBe(`/staff/customers/${customer.customerId}`);
    const filtered = await staff.get(`${address}?action=reminded`);
    expect(filtered.attributes('tbody tr', 'data-action')).toEqual(['reminded']);
    expect((await staff.get('/staff/audit')).text).toContain('Billing run requested');
    expect((await staff.get('/staff/billing/999')).status).toBe(404);
  });
});
