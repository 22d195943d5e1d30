import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorld, type World } from '../../support/world.ts';
import type { Visitor } from '../../support/visitor.ts';

let world: World;
let admin: Visitor;
beforeAll(async () => {
  world = await createWorld();
  admin = await world.signIn(await world.addStaff('admin'));
});
afterAll(() => world.close());

describe('the plans of the desk (b19, b20, b22)', () => {
  it('stand by category with where they are sold, their orders, what is left and what a month costs', async () => {
    await world.addActiveOrder(await world.addCustomer(), { plan: 'vps-2' });
    const page = await admin.get('/staff/plans');
    const row = page.$('tr:has(a:contains("VPS-2"))').first();
    const text = row.text().replaceAll(/\s+/g, ' ');
    expect(text).toContain('2 vCPU, 4 GB, 50 GB SSD, 2 TB traffic');
    expect(text).toContain('Amsterdam, Warsaw, Prague, Frankfurt');
    expect(row.find('a[href="/staff/orders?plan=vps-2"]').text()).toBe('1');
    expect(
      row
        .find('data.money')
        .toArray()
        .map((each) => page.$(each).attr('value')),
    ).toEqual(['9.50', '10.50', '900.00']);
  });

  it('without a price are listed, and cannot be ordered for it', async () => {
    const plan = await world.db('plans').where({ code: 'vps-8' }).first('id');
    const gone = { plan_id: plan.id, currency: 'RUB', months: 12 };
    await world.db('plan_prices').where(gone).update({ price: null });
    const page = await admin.get('/staff/plans?state=price_missing');
    expect(page.textOf('.alert-warn')).toContain('VPS-8 (RUB: 12 months)');
    expect(page.$('tr[data-id]')).toHaveLength(1);
    const visitor = world.visitor();
    const form = await visitor.get('/orders/new?plan=vps-8&currency=RUB');
    expect(
      form
        .$('input[name=months]')
        .toArray()
        .map((input) => form.$(input).attr('value')),
    ).toEqual(['1', '3', '6']);
    await world.db('plan_prices').where(gone).update({ price: '36000' });
  });

  it('are found by state: hidden, off, nearly sold out', async () => {
    const set = (code: string, values: object) => world.db('plans').where({ code }).update(values);
    await set('vps-1', { hidden: true });
    await set('vps-4', { active: false });
    await set('vps-8', { stock: 2 });
    const shown = async (state: string) => {
      const page = await admin.get(`/staff/plans?state=${state}`);
      return page
        .$('tr[data-id] th a')
        .toArray()
        .map((link) => page.$(link).text());
    };
    expect(await shown('hidden')).toEqual(['VPS-1']);
    expect(await shown('off')).toEqual(['VPS-4']);
    expect(await shown('low_stock')).toEqual(['VPS-8']);
    await world.db('plans').update({ hidden: false, active: true, stock: null });
    expect((await admin.get('/staff/plans?state=off')).textOf('main')).toContain('Nothing matches');
  });
});
