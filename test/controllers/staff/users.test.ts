import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Visitor } from '../../support/visitor.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let admin: Visitor;
beforeAll(async () => {
  world = await createWorld();
  const customer = await world.addCustomer();
  await world.addMember(customer, 'billing');
  admin = await world.signIn(await world.addStaff('admin'));
});
afterAll(() => world.close());

describe('everybody who can sign in (desk b3)', () => {
  it('is listed with whom they act for', async () => {
    const page = await admin.get('/staff/users');
    expect(page.texts('tbody tr')).toHaveLength(3);
    expect(page.texts('tbody tr').filter((row) => row.includes('Anna Kowalska'))).toHaveLength(2);
  });

  it('is found by e-mail and filtered by kind and factor', async () => {
    const count = async (query: string) => (await admin.get(`/staff/users?${query}`)).texts('tbody tr').length;
    expect(await count('q=BILLING')).toBe(1);
    expect(await count('kind=staff')).toBe(1);
    expect(await count('factor=on')).toBe(0);
    expect(await count('disabled=1')).toBe(0);
  });

  it('leaves the staff out for those who may not see the team', async () => {
    const support = await world.signIn(await world.addStaff('support'));
    const page = await support.get('/staff/users?kind=staff');
    expect(page.textOf('tbody')).not.toContain('admin');
    expect((await support.get('/staff/users.csv?kind=staff')).text).not.toContain('Administrator');
  });
});
