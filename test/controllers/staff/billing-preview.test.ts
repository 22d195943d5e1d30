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
  world.clock.set('2026-04-02T08:00:00Z');
  await world.runCalendar('2026-04-02');
});
afterAll(() => world.close());

const preview = async (query = '') =>
  (await world.signIn(await world.addStaff('support'))).get(`/staff/billing/preview${query}`);

describe('the preview of the billing calendar', () => {
  it('says of a day what would happen to which order, with sums, and writes nothing', async () => {
    const written = () => world.db('invoices').count('* as count').first();
    const before = await written();
    const page = await preview('?day=2026-04-04');
    expect(page.attributes('tbody tr', 'data-action')).toEqual(['issued', 'reminded']);
    expect(page.$('tr[data-action=issued]').text()).toContain(String(orderId));
    expect(page.amount('tr[data-action=issued]')).toBe('9.50');
    expect(page.textOf('[aria-labelledby=sums]')).toContain('9.50');
    expect(await written()).toEqual(before);
  });

  it('shows tomorrow, and says so where nothing is due', async () => {
    const page = await preview();
    expect(page.value('#day')).toBe('2026-04-03');
    expect(page.textOf('[aria-labelledby=effects]')).toContain('Nothing is due.');
  });

  it.each(['2026-04-01', '2027-04-01', 'soon'])('refuses the day %s in words', async (day) => {
    const page = await preview(`?day=${day}`);
    expect(page.textOf('.alert-bad')).toContain('Choose a day from');
    expect(page.attribute('#day', 'aria-invalid')).toBe('true');
  });

  it('lists the orders that are left out, with the reason', async () => {
    const admin = await world.signIn(await world.addStaff('admin'));
    const path = `/staff/orders/${orderId}/leaving-out`;
    await admin.get(path);
    const order = () => admin.get(`/staff/orders/${orderId}`);
    expect((await order()).textOf('main')).toContain('Unless it is paid');
    await admin.get(path);
    await admin.submit(path, { until: '2026-04-20', reason: 'Moves to another plan' });
    expect((await order()).textOf('main')).not.toContain('Unless it is paid');
    const page = await preview('?day=2026-04-10');
    expect(page.attributes('tbody tr', 'data-action')).toEqual([]);
    expect(page.textOf('[aria-labelledby=left-out]')).toContain('Moves to another plan');
    expect(page.link('[aria-labelledby=left-out] a')).toBe(`/staff/orders/${orderId}`);
  });
});
