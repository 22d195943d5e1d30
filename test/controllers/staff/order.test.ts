import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestCustomer } from '../../support/people.ts';
import type { Visitor } from '../../support/visitor.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let customer: TestCustomer;
let orderId: number;
let admin: Visitor;
beforeAll(async () => {
  world = await createWorld();
  customer = await world.addCustomer({ balance: '300.00' });
  const { orderId: id, invoice } = await world.placeOrder(customer, { plan: 'ds-e-2276g', hostname: 'db.example.com' });
  orderId = id;
  await world.pay(customer, invoice.id);
  admin = await world.signIn(await world.addStaff('admin'));
});
afterAll(() => world.close());

describe('one order, for staff (S2)', () => {
  it('shows whose it is, what was ordered and its invoices', async () => {
    const page = await admin.get(`/staff/orders/${orderId}`);
    expect(page.textOf('h1')).toBe('db.example.com');
    expect(page.link('.lead a')).toBe(`/staff/customers/${customer.customerId}`);
    expect(page.textOf('main')).toContain('Debian 13');
    expect(page.link('tr[data-status=paid] a')).toMatch(/^\/staff\/invoices\/\d+$/);
  });

  it('leads to setting it up, and tells afterwards who did', async () => {
    const waiting = await admin.get(`/staff/orders/${orderId}`);
    expect(waiting.link('.button-primary')).toBe(`/staff/provisioning#order-${orderId}`);
    await admin.get('/staff/provisioning');
    await admin.submit(`/staff/orders/${orderId}/activation`, { ip: '198.51.100.7' });
    const page = await admin.get(`/staff/orders/${orderId}`);
    expect(page.textOf('.timeline li[data-actor=staff]')).toMatch(/admin\d+@example\.com/);
    expect(page.texts('.timeline li')).toHaveLength(3);
  });

  it('names who ordered', async () => {
    const visitor = await world.signIn(customer);
    await visitor.get('/orders/new?plan=vps-2');
    const order = { plan: 'vps-2', months: '1', hostname: 'web.example.com', os: 'debian-13', pay: 'later' };
    const placed = await visitor.post('/orders', order);
    expect(placed.status).toBe(303);
    const { id } = await world.db('orders').where({ hostname: 'web.example.com' }).first('id');
    const page = await admin.get(`/staff/orders/${id}`);
    expect(page.textOf('.timeline li[data-actor=customer]')).toContain(customer.email);
  });

  it('does not exist for a number that is nobody’s', async () => {
    expect((await admin.get('/staff/orders/999999')).status).toBe(404);
  });
});
