import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestCustomer } from '../../support/people.ts';
import type { Visitor } from '../../support/visitor.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let customer: TestCustomer;
let support: Visitor;
let numbers: { paid: string; unpaid: string; topUp: string };
beforeAll(async () => {
  world = await createWorld();
  await world.storeRates({ USD: '1.1' });
  customer = await world.addCustomer({ balance: '100.00' });
  const numberOf = async (id: number) => (await world.invoice(id)).number as string;
  const paid = await world.placeOrder(customer);
  await world.pay(customer, paid.invoice.id);
  const unpaid = await world.placeOrder(customer);
  const { invoiceId } = await world.startTopUp(customer, '20.00', 'USD');
  numbers = {
    paid: await numberOf(paid.invoice.id),
    unpaid: await numberOf(unpaid.invoice.id),
    topUp: await numberOf(invoiceId),
  };
  support = await world.signIn(await world.addStaff('support'));
});
afterAll(() => world.close());

const found = async (query: string) => (await support.get(`/staff/invoices?${query}`)).texts('tbody th');

describe('all invoices (S2, desk b3)', () => {
  it('are listed newest first and lead to one', async () => {
    const page = await support.get('/staff/invoices');
    expect(page.texts('tbody th')).toEqual([numbers.topUp, numbers.unpaid, numbers.paid]);
    expect(page.link('tbody th a')).toMatch(/^\/staff\/invoices\/\d+$/);
  });

  it('are found by number, without its zeros too, and by the order they are for', async () => {
    expect(await found(`q=${numbers.paid}`)).toEqual([numbers.paid]);
    expect(await found(`q=${numbers.paid.replace(/-0+/, '-')}`)).toEqual([numbers.paid]);
    const { order_ids: orders } = await world.db('invoices').where({ number: numbers.unpaid }).first();
    expect(await found(`q=${orders[0]}`)).toEqual([numbers.unpaid]);
  });

  it('are filtered by status, kind, currency and customer', async () => {
    expect(await found('status=paid')).toEqual([numbers.paid]);
    expect(await found('kind=top_up')).toEqual([numbers.topUp]);
    expect(await found('currency=USD')).toEqual([numbers.topUp]);
    expect(await found('customer=999999')).toEqual([]);
  });

  it('come as CSV by the same filters', async () => {
    const file = await support.get('/staff/invoices.csv?status=paid');
    expect(file.text.trim().split('\n')).toHaveLength(2);
    expect(file.text).toContain(numbers.paid);
  });
});
