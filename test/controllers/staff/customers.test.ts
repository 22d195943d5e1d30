import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectInvariants } from '../../support/invariants.ts';
import type { TestCustomer } from '../../support/people.ts';
import type { Visitor } from '../../support/visitor.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let customer: TestCustomer;
let admin: Visitor;
beforeAll(async () => {
  world = await createWorld();
  customer = await world.addCustomer({ balance: '100.00' });
  await world.addCustomer({ currency: 'RUB', profile: { firstName: 'Иван', lastName: 'Петров' } });
  admin = await world.signIn(await world.addStaff('admin'));
});
afterAll(async () => {
  await expectInvariants(world);
  await world.close();
});

describe('customers', () => {
  it('are found by number, name and e-mail (S2)', async () => {
    const found = async (q: string) => {
      const page = await admin.get(`/staff/customers?q=${encodeURIComponent(q)}`);
      return page.$('tbody tr').length;
    };
    expect(await found(String(customer.customerId))).toBe(1);
    expect(await found('петров')).toBe(1);
    expect(await found(customer.email)).toBe(1);
    expect(await found('nobody')).toBe(0);
  });

  it('are filtered by currency, country, state and money, and come as CSV (desk b3)', async () => {
    const count = async (query: string) => (await admin.get(`/staff/customers?${query}`)).texts('tbody tr').length;
    expect(await count('currency=RUB')).toBe(1);
    expect(await count('country=PL')).toBe(2);
    expect(await count('state=blocked')).toBe(0);
    expect(await count('money=balance')).toBe(1);
    expect(await count('money=overdue')).toBe(0);
    const file = await admin.get('/staff/customers.csv?currency=RUB');
    expect(file.text.trim().split('\n')).toHaveLength(2);
    expect(file.text).toContain('Иван Петров');
  });
});
