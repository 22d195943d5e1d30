import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestCustomer } from '../../support/people.ts';
import type { Visitor } from '../../support/visitor.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let admin: Visitor;
let orderId: number;
let owner: TestCustomer;
let path: string;
beforeAll(async () => {
  world = await createWorld();
  owner = await world.addCustomer();
  orderId = await world.addActiveOrder(owner);
  admin = await world.signIn(await world.addStaff('admin'));
  path = `/staff/orders/${orderId}/leaving-out`;
});
afterAll(() => world.close());

describe('leaving an order out of the billing calendar', () => {
  it('asks for a day to come and a reason', async () => {
    await admin.get(path);
    const refused = await admin.post(path, { until: '2026-03-01', reason: '' });
    expect(refused.status).toBe(422);
    expect(refused.attribute('#until', 'aria-invalid')).toBe('true');
    expect(refused.textOf('#reason-error')).toContain('reason');
  });

  it('is said on the page of the order, is undone there, and both are audited', async () => {
    await admin.get(path);
    const order = await admin.submit(path, { until: '2026-03-20', reason: 'In court' });
    expect(order.textOf('main')).toContain('Left out of the calendar until Mar 20, 2026: In court');
    expect((await admin.get(path)).textOf('main')).toContain('In court');
    const back = await admin.submit(`${path}/undo`, {});
    expect(back.$('.alert').text()).not.toContain('Left out of the calendar');
    // The history keeps both.
    expect(back.textOf('main')).toMatch(
      /Put back into the calendar.*Left out of the calendar until Mar 20, 2026: In court/,
    );
    const customer = await world.signIn(owner);
    expect((await customer.get(`/orders/${orderId}`)).textOf('main')).not.toContain('In court');
    const entries = await world
      .db('audit_log')
      .where({ subject_id: String(orderId) })
      .orderBy('id', 'desc')
      .limit(2);
    expect(entries.map(({ action, reason }) => [action, reason])).toEqual([
      ['order.put_back', ''],
      ['order.left_out', 'In court'],
    ]);
  });

  it('is refused of an order that has ended', async () => {
    const cancelled = await world.addActiveOrder(await world.addCustomer());
    await world.db('orders').where({ id: cancelled }).update({ status: 'cancelled', cancelled_at: world.clock.now() });
    await admin.get(path);
    const page = await admin.post(`/staff/orders/${cancelled}/leaving-out`, { until: '2026-03-20', reason: 'Why' });
    expect(page.status).toBe(422);
    expect((await admin.get('/staff/orders/999999/leaving-out')).status).toBe(404);
  });
});
