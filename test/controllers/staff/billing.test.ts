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

describe('the staff page of billing runs', () => {
  it('bills no day that is still to come, and keeps what was typed', async () => {
    const staff = await world.signIn(await world.addStaff('billing'));
    await staff.get('/staff/billing');
    for (const day of ['2026-04-06', '2026-02-30', 'x']) {
      const refused = await staff.post('/staff/billing', { day });
      expect(refused.status).toBe(422);
      expect(refused.value('#day')).toBe(day);
    }
  });

  it('lets support look only', async () => {
    const support = await world.signIn(await world.addStaff('support'));
    const page = await support.get('/staff/billing');
    expect(page.$('form[action="/staff/billing"]')).toHaveLength(0);
    expect((await support.post('/staff/billing', { day: '2026-04-05' })).status).toBe(403);
  });

  it('shows both dates on the order and on the invoice beforehand (B4)', async () => {
    await world.runCalendar('2026-04-05');
    const visitor = await world.signIn(customer);
    const dates = 'suspended on Apr 13, 2026 and cancelled on Apr 27, 2026';
    expect((await visitor.get(`/orders/${orderId}`)).texts('.timeline .is-next')).toEqual([
      'Apr 27, 2026 Will be cancelled if still unpaid',
      'Apr 13, 2026 Will be suspended if still unpaid',
    ]);
    const invoice = await world.db('invoices').where({ status: 'unpaid' }).first('id');
    expect((await visitor.get(`/invoices/${invoice.id}`)).$('[data-suspension]').text()).toContain(dates);
  });
});
