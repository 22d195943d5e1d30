import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TestCustomer } from '../../support/people.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let customer: TestCustomer;
beforeEach(async () => {
  world = await createWorld({ pool: 20 });
  customer = await world.addCustomer();
});
afterEach(async () => {
  await world.close();
});

describe('a written message', () => {
  it('shows what was written, outside production', async () => {
    const { orderId } = await world.placeOrder(customer);
    const visitor = world.visitor();
    const list = await visitor.get('/dev/mail');
    expect(list.$('tbody th a').text()).toBe(`Order ${orderId} placed`);
    const one = await visitor.get(list.link('tbody th a'));
    expect(one.$('.mail-text').text()).toContain('Order: ' + String(orderId));
    const html = await visitor.get(one.link('.actions a'));
    expect(html.link('a')).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/invoices\/\d+$/);
    expect((await visitor.get('/dev/mail/999')).status).toBe(404);
  });
});
