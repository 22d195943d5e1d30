import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Visitor } from '../../support/visitor.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let support: Visitor;
beforeAll(async () => {
  world = await createWorld();
  const customer = await world.addCustomer({ balance: '100.00' });
  const { invoice } = await world.placeOrder(customer);
  await world.pay(customer, invoice.id);
  support = await world.signIn(await world.addStaff('support'));
});
afterAll(() => world.close());

describe('the ledger, for staff (L1, desk b3)', () => {
  it('shows each transaction with entries that come to zero', async () => {
    const page = await support.get('/staff/transactions');
    expect(page.texts('tbody tr')).toHaveLength(2);
    for (const row of page.attributes('tbody tr', 'data-id')) {
      const amounts = page.amounts(`tr[data-id="${row}"]`).map(Number);
      expect(amounts.length).toBeGreaterThan(1);
      expect(amounts.reduce((sum, amount) => sum + amount, 0)).toBe(0);
    }
  });

  it('is filtered by operation, account and customer', async () => {
    const count = async (query: string) => (await support.get(`/staff/transactions?${query}`)).texts('tbody tr').length;
    expect(await count('kind=adjustment')).toBe(1);
    expect(await count('account=revenue')).toBe(1);
    expect(await count('account=gateway_clearing')).toBe(0);
    expect(await count('customer=999999')).toBe(0);
  });

  it('comes as CSV, a line for each entry', async () => {
    const file = await support.get('/staff/transactions.csv?kind=adjustment');
    const [, ...rows] = file.text.trim().split('\n');
    expect(rows).toHaveLength(2);
    expect(file.text).toContain('Customer’s balance,100.00,EUR');
  });
});
