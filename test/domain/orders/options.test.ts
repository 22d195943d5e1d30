import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inTransaction } from '../../../src/platform/db/transaction.ts';
import { activateOrder } from '../../../src/domain/orders/activate-order.ts';
import { changePlan } from '../../../src/domain/plan-changes/change-plan.ts';
import { cancelOrder } from '../../../src/domain/cancellations/cancel-order.ts';
import { seedOptions } from '../../../seeds/catalogue.ts';
import { NOW } from '../../support/clock.ts';
import { expectInvariants } from '../../support/invariants.ts';
import type { TestCustomer } from '../../support/people.ts';
import type { Visitor } from '../../support/visitor.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let customer: TestCustomer;
let visitor: Visitor;
beforeAll(async () => {
  world = await createWorld();
  await inTransaction(world.db, (trx) => seedOptions(trx));
  await world.db('plans').where({ category: 'vps' }).update({ refunds_unused: true });
});
afterAll(async () => {
  await expectInvariants(world);
  await world.close();
});
beforeEach(async () => {
  world.clock.set(NOW);
  customer = await world.addCustomer({ balance: '100.00' });
  visitor = await world.signIn(customer);
});

let addresses = 0;
/** vps-2 for 3 months with backups: 27.00 + 3 × 2.50. */
async function activeWithBackup(): Promise<number> {
  const { orderId, invoice } = await world.placeOrder(customer, {
    plan: 'vps-2',
    months: 3,
    options: ['backup'],
  });
  await world.pay(customer, invoice.id);
  await inTransaction(world.db, (trx) =>
    activateOrder(trx, world.clock, {
      customerId: customer.customerId,
      orderId,
      ip: `10.9.0.${++addresses}`,
    }),
  );
  return orderId;
}
const linesOf = async (where: object) =>
  (
    await world
      .db('invoice_lines as l')
      .join('invoices as i', 'i.id', 'l.invoice_id')
      .where({ 'i.customer_id': customer.customerId, ...where })
      .orderBy('l.position')
      .select('l.kind', 'l.amount')
  ).map(({ kind, amount }) => [kind, amount]);

describe('options', () => {
  it('are offered with their prices, and invoiced as lines of their own (O10)', async () => {
    await visitor.get('/orders/new?plan=vps-2');
    const form = await visitor.post('/orders', {
      plan: 'vps-2',
      months: '3',
      hostname: 'a.example.com',
      os: 'debian-13',
      option: ['backup', 'panel'],
      recalculate: 'yes',
    });
    expect(form.status).toBe(200);
    expect(await world.db('orders').where({ customer_id: customer.customerId })).toEqual([]);
    expect(form.$('input[name=option]:checked')).toHaveLength(2);
    expect(form.$('#summary-1').attr('hidden')).toBeDefined();
    expect(form.amount('#summary-3 [data-total]')).toBe('52.50');
    expect(form.value('#hostname')).toBe('a.example.com');
    const invoice = await visitor.submit('/orders', {
      plan: 'vps-2',
      months: '3',
      hostname: 'a.example.com',
      os: 'debian-13',
      option: ['backup', 'panel'],
      shown_prices: form.value('input[name=shown_prices]'),
    });
    expect(invoice.$('tbody').text()).toContain('Daily backups, 3 months');
    expect(invoice.amount('[data-total]')).toBe('52.50');
    const order = await world.db('orders').where({ customer_id: customer.customerId }).first();
    expect(order).toMatchObject({ price: '52.5000' });
    expect((await visitor.get(`/orders/${order.id}`)).text).toContain('Daily backups, Control panel');
  });

  it('a price of an option that changed is shown again; one that there is not is not there (O10)', async () => {
    await visitor.get('/orders/new?plan=vps-2');
    const fields = {
      plan: 'vps-2',
      months: '1',
      hostname: 'a.example.com',
      os: 'debian-13',
    };
    const changed = await visitor.post('/orders', {
      ...fields,
      option: 'backup',
      shown_prices: 'months-1=9.50&option-backup=1.00',
    });
    expect(changed.status).toBe(422);
    expect(changed.$('.alert-bad').text()).toContain('€12.00');
    expect((await visitor.post('/orders', { ...fields, option: 'gold' })).status).toBe(404);
  });

  it('are renewed with their order, by its customer and by the calendar, for any period (O7, B1)', async () => {
    const orderId = await activeWithBackup();
    const page = await visitor.get(`/orders/${orderId}/renewal`);
    expect(page.amounts('.choice-price')).toEqual(['12.00', '34.50', '67.50', '130.50']);
    await visitor.post(`/orders/${orderId}/renewal`, { months: '6' });
    expect(await linesOf({ 'i.status': 'unpaid' })).toEqual([
      ['renewal', '52.5000'],
      ['option', '15.0000'],
    ]);
    await world
      .db('invoices')
      .where({ status: 'unpaid' })
      .update({ status: 'cancelled', cancelled_at: world.clock.now() });
    await world.runCalendarOn('2026-06-04');
    expect(await linesOf({ 'i.status': 'unpaid' })).toEqual([
      ['renewal', '27.0000'],
      ['option', '7.5000'],
    ]);
  });

  it('stay as they are when the plan changes (O8)', async () => {
    const orderId = await activeWithBackup();
    await changePlan(world.db, world.clock, world.config.seller, {
      customerId: customer.customerId,
      userId: null,
      orderId,
      plan: 'vps-1',
    });
    // 14.50 for three months of vps-1, and 7.50 for the backups.
    expect(await world.order(orderId)).toMatchObject({ price: '22.0000' });
  });

  it('are credited with the unused days (O9)', async () => {
    const orderId = await activeWithBackup();
    const credit = await cancelOrder(world.db, world.clock, {
      customerId: customer.customerId,
      userId: null,
      orderId,
      reason: '',
    });
    // 34.50 × 91 ÷ 92 days.
    expect(credit.toString()).toBe('34.12 EUR');
  });
});
