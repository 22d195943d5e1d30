import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

describe('paying several invoices', () => {
  it('several are chosen, their total shown, and paid together (I7)', async () => {
    const buyer = await world.addCustomer({ balance: '20.00' });
    const chosen = [await world.placeOrder(buyer), await world.placeOrder(buyer)].map(({ invoice }) =>
      String(invoice.id),
    );
    const person = await world.signIn(buyer);
    const review = await person.get(`/invoices/payment?invoice=${chosen.join('&invoice=')}`);
    expect(review.amount('[data-total]')).toBe('19.00');
    expect(review.textOf('.before-after')).toContain('€20.00 → €1.00');
    const done = await person.submit('/invoices/payment', { invoice: chosen });
    expect(done.$('.flash').text()).toContain('2 invoices are paid');
    expect(done.amount('#balance')).toBe('1.00');
  });
});
