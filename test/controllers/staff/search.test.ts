import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestCustomer } from '../../support/people.ts';
import type { Visitor } from '../../support/visitor.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let support: Visitor;
let customer: TestCustomer;
let orderId: number;
beforeAll(async () => {
  world = await createWorld();
  customer = await world.addCustomer({
    profile: { kind: 'company', companyName: 'Nordwind GmbH', vatNumber: 'DE811122233' },
  });
  orderId = await world.addActiveOrder(customer, { hostname: 'web1.nordwind.example' }, '185.7.7.7');
  support = await world.signIn(await world.addStaff('support'));
});
afterAll(() => world.close());

const search = (q: string) => support.get(`/staff/search?q=${encodeURIComponent(q)}`);
const groups = async (q: string) => (await search(q)).attributes('[data-group]', 'data-group');

describe('the search over everything (desk b2)', () => {
  it('finds a customer by company, VAT number and e-mail', async () => {
    for (const q of ['nordwind', 'DE811122', customer.email])
      expect((await search(q)).link('[data-group=customers] a')).toBe(`/staff/customers/${customer.customerId}`);
  });

  it('finds orders by the beginning of a hostname, with what was typed marked', async () => {
    const page = await search('WEB1');
    expect(page.link('[data-group=orders] a')).toBe(`/staff/orders/${orderId}`);
    expect(page.textOf('[data-group=orders] mark')).toBe('web1');
  });

  it('opens an exact order, address, invoice and payment reference at once', async () => {
    const { number, id } = await world.db('invoices').where({ customer_id: customer.customerId }).first();
    const { reference } = await world.startTopUp(customer, '20.00', 'EUR');
    const payment = await world.db('payments').where({ reference }).first('id');
    expect((await search(String(orderId))).location).toBe(`/staff/orders/${orderId}`);
    expect((await search('185.7.7.7')).location).toBe(`/staff/orders/${orderId}`);
    expect((await search(number)).location).toBe(`/staff/invoices/${id}`);
    expect((await search(reference)).location).toBe(`/staff/payments/${payment.id}`);
  });

  it('finds an address that no order has by its network', async () => {
    const [location] = await world.db('locations').pluck('id');
    const [network] = await world
      .db('networks')
      .insert({ cidr: '198.51.100.0/24', location_id: location })
      .returning('id');
    const page = await search('198.51.100.7');
    expect(page.link('[data-group=addresses] a')).toBe(`/staff/networks/${network.id}`);
  });

  it('shows five of a group and leads to all of them', async () => {
    for (let added = 0; added < 6; added += 1) await world.addCustomer({ profile: { lastName: 'Sixfold' } });
    const page = await search('sixfold');
    expect(page.texts('[data-group=customers] a')).toHaveLength(5);
    expect(page.link('.finder-group a')).toBe('/staff/customers?q=sixfold');
  });

  it('says what was searched where nothing is found', async () => {
    expect((await search('no-such-thing')).textOf('#found')).toContain('Nothing for “no-such-thing”');
    expect((await search('')).textOf('#found')).toContain('Type a number');
    expect((await search('%_')).attributes('[data-group]', 'data-group')).toEqual([]);
  });

  it('leaves out what one’s role may not look into', async () => {
    await world.owner('staff_roles').insert({ code: 'greeter', rights: ['customers:view'] });
    const greeter = await world.signIn(await world.addStaff('greeter'));
    const page = await greeter.get('/staff/search?q=nordwind');
    expect(page.attributes('[data-group]', 'data-group')).toEqual(['customers']);
    expect((await greeter.get(`/staff/search?q=${orderId}`)).status).toBe(200);
    expect(await groups('web1')).toContain('orders');
  });
});
