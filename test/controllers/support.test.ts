import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TestCustomer } from '../support/people.ts';
import type { Visitor } from '../support/visitor.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
let customer: TestCustomer;
let visitor: Visitor;
beforeAll(async () => {
  world = await createWorld({ environment: { SUPPORT_EMAIL: 'help@provider.example' } });
  await world.storeRates();
});
afterAll(() => world.close());
beforeEach(async () => {
  customer = await world.addCustomer();
  visitor = await world.signIn(customer);
});

const mailsOf = () =>
  world.db('mails').where({ customer_id: customer.customerId }).whereLike('kind', 'support%').orderBy('id');

describe('writing to support', () => {
  it('sends the message with what it is about to the support address, and a copy to its sender', async () => {
    const orderId = await world.addActiveOrder(customer, { hostname: 'web7.example.com' });
    const form = await visitor.get(`/support?order=${orderId}`);
    expect(form.value('#about option[selected]')).toBe(`order-${orderId}`);
    const page = await visitor.submit('/support', { about: `order-${orderId}`, message: 'It is slow.\r\nWhy?' });
    expect(page.textOf('.flash')).toContain(`We’ll reply to ${customer.email}`);
    const [request, copy] = await mailsOf();
    expect([request.recipient, copy.recipient]).toEqual(['help@provider.example', customer.email]);
    expect(request.data).toMatchObject({
      message: 'It is slow.\nWhy?',
      order: orderId,
      hostname: 'web7.example.com',
      reply_to: customer.email,
      customer: customer.customerId,
    });
  });

  it('is about whatever the link names, however old, and staff are led to the customer', async () => {
    const orderId = await world.addActiveOrder(customer);
    const { customerId } = customer;
    await world.db.raw(
      `insert into orders (customer_id, plan_id, location_id, status, period_months, price, currency, cancelled_at, created_at)
       select customer_id, plan_id, location_id, 'cancelled', 1, 1, 'EUR', created_at, created_at
       from orders, generate_series(1, 120)
       where id = ?`,
      [orderId],
    );
    const form = await visitor.get(`/support?order=${orderId}`);
    expect(form.value('#about option[selected]')).toBe(`order-${orderId}`);
    await visitor.submit('/support', { about: `order-${orderId}`, message: 'Hello' });
    const [request, copy] = await mailsOf();
    const text = (await visitor.get(`/dev/mail/${request.id}`)).textOf('.mail-text');
    expect(text).toContain(`/staff/customers/${customerId}`);
    expect(text).not.toContain('/profile');
    expect((await visitor.get(`/dev/mail/${copy.id}`)).textOf('.mail-text')).toContain('We have received your message');
  });

  it('needs a message, and keeps what was chosen', async () => {
    const { invoice } = await world.placeOrder(customer);
    await visitor.get(`/support?invoice=${invoice.id}`);
    for (const message of ['', '  \n ', 'x'.repeat(5001)]) {
      const page = await visitor.post('/support', { about: `invoice-${invoice.id}`, message });
      expect(page.status).toBe(422);
      expect(page.textOf('title')).toMatch(/^Error: /);
      expect(page.textOf('#message-error')).toContain('at most 5000');
      expect(page.value('#about option[selected]')).toBe(`invoice-${invoice.id}`);
    }
    expect(await mailsOf()).toEqual([]);
  });

  it('says nothing of another customer’s order', async () => {
    const other = await world.addCustomer();
    const orderId = await world.addActiveOrder(other);
    await visitor.get('/support');
    await visitor.submit('/support', { about: `order-${orderId}`, message: 'Hello' });
    const [request] = await mailsOf();
    expect(request.data.order).toBeUndefined();
  });

  it('takes five messages an hour, however many are sent at once', async () => {
    await visitor.get('/support');
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        visitor.agent
          .post('/support')
          .type('form')
          .send({ _csrf: visitor.token, about: '', message: `Message ${n}` }),
      ),
    );
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(5);
    expect(answers.filter(({ status }) => status === 422)).toHaveLength(7);
    expect((await mailsOf()).filter(({ kind }) => kind === 'support_request')).toHaveLength(5);
  });
});
