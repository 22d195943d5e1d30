import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inTransaction } from '../../../src/platform/db/transaction.ts';
import { seedProvisioning } from '../../../seeds/catalogue.ts';
import { expectInvariants } from '../../support/invariants.ts';
import type { OrderChoices } from '../../support/orders.ts';
import type { TestCustomer } from '../../support/people.ts';
import type { Visitor } from '../../support/visitor.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let customer: TestCustomer;
let visitor: Visitor;
beforeAll(async () => {
  world = await createWorld();
  await world.storeRates();
  await inTransaction(world.db, (trx) => seedProvisioning(trx, '10.20.0.1', 3));
});
afterAll(async () => {
  await expectInvariants(world);
  await world.close();
});
beforeEach(async () => {
  customer = await world.addCustomer({ balance: '300.00' });
  visitor = await world.signIn(customer);
});

const fields = { plan: 'vps-2', months: '1', hostname: 'web1.example.com', os: 'debian-13', pay: 'now' };
const locationOf = async (address: string) =>
  (
    await world
      .db('network_addresses as a')
      .join('networks as n', 'n.id', 'a.network_id')
      .join('locations as l', 'l.id', 'n.location_id')
      .where('a.address', address)
      .first('l.code')
  ).code;
/** Paid, and in service at once where an address is free. */
async function order(choices: OrderChoices) {
  const { orderId, invoice } = await world.placeOrder(customer, choices);
  await world.pay(customer, invoice.id);
  return orderId;
}
const lastOrder = () => world.db('orders').where({ customer_id: customer.customerId }).orderBy('id', 'desc').first();

describe('a location', () => {
  it('is chosen with the order, which gets its address from a network there (O8, O11)', async () => {
    const form = await visitor.get('/orders/new?plan=vps-2');
    expect(form.values('input[name=location]')).toEqual(['amsterdam', 'warsaw', 'prague', 'frankfurt']);
    await visitor.post('/orders', { ...fields, location: 'prague' });
    const { id, status, ip } = await lastOrder();
    expect(status).toBe('active');
    expect(await locationOf(ip)).toBe('prague');
    expect((await visitor.get(`/orders/${id}`)).textOf('.keys')).toContain('Prague');
  });

  it('that the plan is not sold in is refused, and nothing is ordered', async () => {
    await visitor.get('/orders/new?plan=vps-2');
    for (const location of ['helsinki', '', 'nowhere']) {
      const page = await visitor.post('/orders', { ...fields, location });
      expect(page.status).toBe(422);
      expect(page.textOf('#location')).toContain('Choose a location');
    }
    expect(await lastOrder()).toBeUndefined();
  });

  it('without a free address is sold out there, and nothing is ordered (O11, desk b22)', async () => {
    const warsaw = world.db('locations').where({ code: 'warsaw' }).select('id');
    const networks = world.db('networks').where({ location_id: warsaw }).select('id');
    await world.db('network_addresses').whereIn('network_id', networks).whereNull('order_id').delete();
    const form = await visitor.get('/orders/new?plan=vps-2');
    expect(form.texts('.choice-tile .second-line')).toEqual(['Sold out']);
    expect(form.$('input[name=location][value=warsaw]').attr('disabled')).toBeDefined();
    const page = await visitor.post('/orders', { ...fields, location: 'warsaw' });
    expect(page.status).toBe(422);
    expect(page.textOf('.alert-bad')).toContain('sold out in this location');
    expect(await lastOrder()).toBeUndefined();
    await visitor.post('/orders', { ...fields, location: 'prague' });
    expect(await lastOrder()).toMatchObject({ status: 'active' });
  });

  it('is found in the list of orders in both languages (O2)', async () => {
    const id = await order({ plan: 'vps-2', location: 'frankfurt' });
    for (const word of ['frankf', 'франкф']) {
      const page = await visitor.get(`/orders?q=${encodeURIComponent(word)}`);
      expect(page.attributes('tr[data-id]', 'data-id')).toEqual([String(id)]);
    }
    const names = JSON.stringify({ en: 'Offenbach', ru: 'Оффенбах' });
    await world.db('locations').where({ code: 'frankfurt' }).update({ names });
    expect((await visitor.get('/orders?q=offenb')).attributes('tr[data-id]', 'data-id')).toEqual([String(id)]);
  });

  it('stays when the plan changes: only plans that are sold there are offered (O8)', async () => {
    const id = await order({ plan: 'vps-2', location: 'prague' });
    const offered = (await visitor.get(`/orders/${id}/plan-change`)).attributes('tr[data-plan]', 'data-plan');
    expect(offered).toEqual(['vps-1', 'vps-4', 'vps-4-nvme', 'vps-8', 'vps-8-nvme']);
    expect((await visitor.get(`/orders/${id}/plan-change?plan=vps-16-nvme`)).status).toBe(404);
    expect((await visitor.post(`/orders/${id}/plan-change`, { plan: 'vps-16-nvme' })).status).toBe(404);
    await visitor.post(`/orders/${id}/plan-change`, { plan: 'vps-4' });
    const { location_id, plan_id } = await world.order(id);
    const invoice = (await world.unpaidInvoicesOf(customer))[0];
    await world.pay(customer, invoice.id);
    const after = await world.order(id);
    expect(after.plan_id).not.toBe(plan_id);
    expect(after.location_id).toBe(location_id);
  });

  it('a smaller disk is said and agreed to before the plan changes (O8)', async () => {
    const id = await order({ plan: 'vps-2' });
    const page = await visitor.get(`/orders/${id}/plan-change?plan=vps-1`);
    expect(page.textOf('.alert-warn')).toContain('25 GB SSD instead of 50 GB SSD');
    const amount = page.value('input[name=amount]');
    const refused = await visitor.post(`/orders/${id}/plan-change`, { plan: 'vps-1', amount });
    expect(refused.status).toBe(422);
    expect(refused.textOf('#smaller_disk-error')).toContain('25 GB SSD');
    const { plan_id } = await world.order(id);
    expect(
      (await visitor.post(`/orders/${id}/plan-change`, { plan: 'vps-1', amount, smaller_disk: 'yes' })).status,
    ).toBe(303);
    expect((await world.order(id)).plan_id).not.toBe(plan_id);
    expect((await visitor.get(`/orders/${id}/plan-change?plan=vps-4`)).$('.alert-warn')).toHaveLength(0);
  });
});
