import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestCustomer } from '../../support/people.ts';
import type { Visitor } from '../../support/visitor.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let anna: TestCustomer;
let support: Visitor;
let ids: { active: number; waiting: number; russian: number };
beforeAll(async () => {
  world = await createWorld();
  anna = await world.addCustomer();
  const ivan = await world.addCustomer({ currency: 'RUB', profile: { firstName: 'Иван', lastName: 'Петров' } });
  ids = {
    active: await world.addActiveOrder(anna, { hostname: 'web1.kowalska.example' }, '185.1.1.7'),
    waiting: (await world.placeOrder(anna, { hostname: 'web2.kowalska.example', plan: 'vps-4' })).orderId,
    russian: (await world.placeOrder(ivan, { hostname: 'db.petrov.example' })).orderId,
  };
  support = await world.signIn(await world.addStaff('support'));
});
afterAll(() => world.close());

const found = async (query: string) =>
  (await support.get(`/staff/orders?${query}`)).attributes('tbody tr', 'data-id').map(Number);

describe('all orders (S2, desk b3)', () => {
  it('are listed newest first, with whose they are, and lead to one', async () => {
    const page = await support.get('/staff/orders');
    expect(page.attributes('tbody tr', 'data-id').map(Number)).toEqual([ids.russian, ids.waiting, ids.active]);
    expect(page.textOf(`tr[data-id="${ids.russian}"]`)).toContain('Иван Петров');
    expect(page.link(`tr[data-id="${ids.active}"] th a`)).toBe(`/staff/orders/${ids.active}`);
  });

  it('are found by number, address and the beginning of a hostname', async () => {
    expect(await found(`q=${ids.waiting}`)).toEqual([ids.waiting]);
    expect(await found('q=185.1.1.7')).toEqual([ids.active]);
    expect(await found('q=WEB')).toEqual([ids.waiting, ids.active]);
    expect(await found('q=%25')).toEqual([]);
  });

  it('are filtered by status, plan, customer, auto-renewal and the end of the paid period', async () => {
    expect(await found('status=active')).toEqual([ids.active]);
    expect(await found('plan=vps-4')).toEqual([ids.waiting]);
    expect(await found(`customer=${anna.customerId}`)).toEqual([ids.waiting, ids.active]);
    expect(await found('category=dedicated')).toEqual([]);
    expect(await found('auto_renewal=on')).toEqual([]);
    expect(await found(`paid_from=${world.daysFromToday(20)}&paid_to=${world.daysFromToday(40)}`)).toEqual([
      ids.active,
    ]);
  });

  it('come as CSV by the same filters, with named columns', async () => {
    const file = await support.get('/staff/orders.csv?status=active');
    const [head = '', ...rows] = file.text.trim().split('\n');
    expect(head).toContain('ID,Customer ID,Customer,Plan,Location,IP address');
    expect(rows).toHaveLength(1);
    expect(rows[0]).toContain(`${ids.active},${anna.customerId},Anna Kowalska`);
  });
});
