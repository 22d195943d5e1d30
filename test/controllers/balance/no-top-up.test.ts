import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Gateway } from '../../../src/domain/gateways/gateway.ts';
import type { TestCustomer } from '../../support/people.ts';
import { PRODUCTION } from '../../support/production.ts';
import type { Visitor } from '../../support/visitor.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let customer: TestCustomer;
let visitor: Visitor;
beforeAll(async () => {
  const { SELLER_NAME, SELLER_DETAILS } = PRODUCTION;
  world = await createWorld({ environment: { SELLER_NAME, SELLER_DETAILS } });
  // As in production when no gateway is set up: the sandbox bank does not exist there.
  (world.services.gateways as Map<string, Gateway>).clear();
  customer = await world.addCustomer({ balance: '1.00' });
  visitor = await world.signIn(customer);
});
afterAll(() => world.close());

describe('a portal without any way of payment', () => {
  it('offers no top-up anywhere, and says how to reach the provider where one was needed', async () => {
    const { invoice } = await world.placeOrder(customer, { plan: 'vps-2' });
    const other = await world.placeOrder(customer, { plan: 'vps-2' });
    const review = `/invoices/payment?invoice=${invoice.id}&invoice=${other.invoice.id}`;
    for (const path of [
      '/',
      '/invoices',
      '/invoices/payments',
      '/balance',
      '/balance?kind=exchange',
      `/invoices/${invoice.id}`,
      review,
    ]) {
      const page = await visitor.get(path);
      expect([path, page.status, page.$('a[href^="/top-ups"]').length]).toEqual([path, 200, 0]);
    }
    for (const path of [`/invoices/${invoice.id}`, review, '/top-ups/new'])
      expect((await visitor.get(path)).$('[data-no-top-up]').text()).toMatch(/Example Hosting Ltd, 1 Example Street/);
  });

  it('makes no invoice of a top-up, but says so', async () => {
    expect((await visitor.get('/top-ups/new')).$('form[action="/top-ups"]')).toHaveLength(0);
    const answer = await visitor.post('/top-ups', { amount: '10', currency: 'EUR' });
    expect([answer.status, answer.$('[data-no-top-up]').length]).toEqual([422, 1]);
    expect(await world.db('invoices').where({ kind: 'top_up' })).toHaveLength(0);
  });

  it('tells staff', async () => {
    const staff = await world.signIn(await world.addStaff('support'));
    expect((await staff.get('/staff')).$('[data-no-gateway]').text()).toContain('customers cannot top up');
  });
});
