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
    expect(done.textOf('.flash')).toBe('2 orders are paid. Open the orders');
    expect(done.amount('#balance')).toBe('1.00');
    await person.get('/invoices');
    const again = await person.submit('/invoices/payment', { invoice: chosen });
    expect(again.textOf('.flash-success')).toBe('All 2 invoices are already paid. You were charged once.');
    expect(again.amount('#balance')).toBe('1.00');
  });

  it('one of them can be taken out, and they stand in the order in which they are due (I7)', async () => {
    const buyer = await world.addCustomer({ balance: '20.00' });
    const later = await world.issueRenewal(buyer, await world.addActiveOrder(buyer));
    const { invoice: earlier } = await world.placeOrder(buyer);
    const person = await world.signIn(buyer);
    const review = await person.get(`/invoices/payment?invoice=${later.id}&invoice=${earlier.id}`);
    expect(review.attributes('tr[data-id]', 'data-id').map(Number)).toEqual([earlier.id, later.id]);
    const [without] = review.attributes('tr[data-id] a[aria-label^=Remove]', 'href');
    const rest = await person.get(without ?? '');
    expect(rest.values('input[name=invoice]')).toEqual([String(later.id)]);
  });
});
