import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestCustomer } from '../../support/people.ts';
import type { Visitor } from '../../support/visitor.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let customer: TestCustomer;
let support: Visitor;
beforeAll(async () => {
  world = await createWorld();
  await world.storeRates({ USD: '1.1' });
  customer = await world.addCustomer({ balance: '100.00' });
  support = await world.signIn(await world.addStaff('support'));
});
afterAll(() => world.close());

describe('one invoice, for staff (S2)', () => {
  it('shows its lines, its buyer, how it was paid and by whom', async () => {
    const { orderId, invoice } = await world.placeOrder(customer);
    const owner = await world.signIn(customer);
    await owner.get(`/invoices/${invoice.id}`);
    await owner.submit(`/invoices/${invoice.id}/payment`, { method: 'balance' });
    const page = await support.get(`/staff/invoices/${invoice.id}`);
    expect(page.amount('[data-total]')).toBe('9.50');
    expect(page.link('tbody a')).toBe(`/staff/orders/${orderId}`);
    expect(page.textOf('main')).toContain('Anna Kowalska');
    expect(page.textOf('.timeline')).toContain(customer.email);
  });

  it('shows the payments towards a top-up, and leads to them', async () => {
    const { invoiceId } = await world.startTopUp(customer, '22.00', 'USD');
    const page = await support.get(`/staff/invoices/${invoiceId}`);
    expect(page.link('a[href^="/staff/payments/"]:not([href="/staff/payments"])')).toMatch(/^\/staff\/payments\/\d+$/);
  });

  it('does not exist for a number that is nobody’s', async () => {
    expect((await support.get('/staff/invoices/999999')).status).toBe(404);
  });
});
