import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectInvariants } from '../../support/invariants.ts';
import type { TestCustomer } from '../../support/people.ts';
import type { Visitor } from '../../support/visitor.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let customer: TestCustomer;
let visitor: Visitor;
beforeAll(async () => {
  world = await createWorld({ pool: 20 });
});
afterAll(async () => {
  await expectInvariants(world);
  await world.close();
});
beforeEach(async () => {
  await world.openConnections();
  customer = await world.addCustomer();
  visitor = await world.signIn(customer);
});

describe('renewing several orders', () => {
  it('each with its own period comes on one invoice with one total, and one payment extends them all', async () => {
    const orders = [
      await world.addActiveOrder(customer, { plan: 'vps-1' }),
      await world.addActiveOrder(customer, { plan: 'vps-2' }),
      await world.addActiveOrder(customer),
    ];
    const page = await visitor.get(`/orders/renewals?order=${orders[0]}&order=${orders[1]}&months=12`);
    expect(page.attributes('tbody tr', 'data-id').map(Number)).toEqual(orders.slice(0, 2));
    expect(page.values('tbody option[selected]')).toEqual(['12', '12']);
    expect(page.amount('[data-renewals-total]')).toBe('153.50');
    const invoice = await visitor.submit('/orders/renewals', {
      [`order[${orders[0]}]`]: '1',
      [`order[${orders[1]}]`]: '12',
      [`order[${orders[2]}]`]: '',
    });
    expect(invoice.amount('[data-total]')).toBe('105.50');
    const [row] = await world.unpaidInvoicesOf(customer);
    expect(row).toMatchObject({ period_months: null, total: '105.5000' });
    await world.credit(customer, '105.50');
    await world.pay(customer, row.id);
    const months = await world.db('orders').whereIn('id', orders).orderBy('id').pluck('paid_months');
    expect(months).toEqual([2, 13, 1]);
  });

  it('without a choice says so and makes nothing', async () => {
    await world.addActiveOrder(customer);
    await visitor.get('/orders/renewals');
    const page = await visitor.submit('/orders/renewals', {});
    expect(page.$('.flash').text()).toContain('Choose a period for at least one order');
    expect(await world.unpaidInvoicesOf(customer)).toHaveLength(0);
  });
});

describe('renewing more orders than fit on one invoice', () => {
  it('shows those that end first and says how many there are (O7)', async () => {
    const many = await createWorld();
    const owner = await many.addCustomer();
    const orderId = await many.addActiveOrder(owner);
    // The page only lists them, so copies of one paid order will do.
    const columns = `customer_id, plan_id, location_id, status, period_months, price, currency, anchor_on, paid_months, paid_until,
      created_at`;
    await many.db.raw(
      `insert into orders (${columns}) select ${columns} from orders, generate_series(1, 100) where id = ?`,
      [orderId],
    );
    const page = await (await many.signIn(owner)).get('/orders/renewals');
    expect(page.$('tr[data-id]')).toHaveLength(100);
    expect(page.$('[data-first]').text()).toContain('The 100 of 101 orders that end first');
    await many.close();
  });
});
