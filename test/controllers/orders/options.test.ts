import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inTransaction } from '../../../src/platform/db/transaction.ts';
import { cancelOrder } from '../../../src/domain/cancellations/cancel-order.ts';
import { addOptions, dropOption, keepOption } from '../../../src/domain/plan-changes/change-options.ts';
import { seedOptions } from '../../../seeds/catalogue.ts';
import { NOW } from '../../support/clock.ts';
import { expectInvariants } from '../../support/invariants.ts';
import type { TestCustomer } from '../../support/people.ts';
import type { Visitor } from '../../support/visitor.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let customer: TestCustomer;
let visitor: Visitor;
let orderId: number;
beforeAll(async () => {
  world = await createWorld({ pool: 40 });
  await world.storeRates();
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
  // Paid until 9 April: 30 of 31 days are left. Backups cost 2.50 a month.
  orderId = await world.addActiveOrder(customer, { plan: 'vps-2' });
});

const path = () => `/orders/${orderId}/options`;
const add = async (option: string | string[], pay = 'now') => {
  await visitor.get(path());
  return visitor.post(path(), { option, pay });
};
const drop = async (option: string) => {
  await visitor.get(path());
  return visitor.post(`${path()}/${option}/removal`);
};
const priceOf = async () => (await world.order(orderId)).price;
const renewalTotal = async () => (await world.issueRenewal(customer, orderId)).id;
const totalOf = async (invoiceId: number) => (await world.invoice(invoiceId)).total;

describe('adding an option to an order that exists', () => {
  it('costs the days that are paid and left, by figures that multiply to the amount', async () => {
    const page = await visitor.get(`${path()}?option=backup`);
    const [[, days, left, shares] = []] = page.cells('tbody tr');
    expect([days, left, shares]).toEqual(['Mar 11, 2026 – Apr 9, 2026', '30', '€2.50 ÷ 31 × 30']);
    // 2.50 × 30 ÷ 31 = 2.419…
    expect(page.amount('[data-total]')).toBe('2.41');
  });

  it('takes effect when its invoice is paid, and is renewed with the order', async () => {
    await visitor.get(path());
    const invoice = await visitor.submit(path(), { option: 'backup', pay: 'later' });
    expect(invoice.text).toContain('Daily backups for VPS-2');
    expect(await priceOf()).toBe('9.5000');
    const [issued] = await world.unpaidInvoicesOf(customer);
    await visitor.post(`/invoices/${issued.id}/payment`, { method: 'balance' });
    expect(await priceOf()).toBe('12.0000');
    expect(await world.balanceOf(customer)).toBe('97.5900');
    expect(await totalOf(await renewalTotal())).toBe('12.0000');
    const page = await visitor.get(`/orders/${orderId}`);
    expect(page.textOf('.timeline')).toContain('Added: Daily backups');
  });

  it('is paid from the balance in one step, several together', async () => {
    const answer = await add(['backup', 'panel']);
    expect(answer.location).toBe(`/orders/${orderId}`);
    // (2.50 + 6.00) × 30 ÷ 31: 2.41 + 5.80, each rounded down.
    expect(await world.balanceOf(customer)).toBe('91.7900');
    expect(await priceOf()).toBe('18.0000');
    const order = await visitor.get(`/orders/${orderId}`);
    expect(order.textOf('.flash')).toBe('Paid. Options added: Daily backups, Control panel.');
  });

  it('what the order has, or what there is not, cannot be added', async () => {
    await add('backup');
    expect((await add('teapot')).status).toBe(404);
    expect((await add(['panel', 'backup'])).status).toBe(404);
    expect(await priceOf()).toBe('12.0000');
  });

  it('sent once more it is answered as done, and charged once', async () => {
    await add('backup');
    const again = await add('backup');
    expect(again.location).toBe(`/orders/${orderId}`);
    expect((await visitor.get(`/orders/${orderId}`)).textOf('.flash')).toContain('charged once');
    expect(await world.balanceOf(customer)).toBe('97.5900');
  });

  it('what was paid for it is not taken off a change of plan, since it stays (O8)', async () => {
    const offer = async () => (await visitor.get(`/orders/${orderId}/plan-change?plan=vps-4`)).amount('[data-total]');
    const before = await offer();
    await add(['backup', 'panel']);
    expect(await offer()).toBe(before);
  });

  it('a price that changed since it was shown is shown again first', async () => {
    await visitor.get(path());
    const page = await visitor.post(path(), { option: 'backup', amount: '1.00', pay: 'now' });
    expect(page.status).toBe(422);
    expect(page.text).toContain('€2.41');
    expect(await priceOf()).toBe('9.5000');
  });

  it('an open renewal is replaced by one with it', async () => {
    const before = await renewalTotal();
    await add('backup');
    expect(await world.invoice(before)).toMatchObject({ status: 'cancelled' });
    const [open] = await world.unpaidInvoicesOf(customer);
    expect(open.total).toBe('12.0000');
  });

  it('an addition that waits is withdrawn when the order is renewed first', async () => {
    await add('backup', 'later');
    const [waiting] = await world.unpaidInvoicesOf(customer);
    await world.pay(customer, await renewalTotal());
    expect(await world.invoice(waiting.id)).toMatchObject({ status: 'cancelled' });
    expect((await visitor.get(`/orders/${orderId}`)).textOf('.timeline')).toContain('Not added');
    expect(await priceOf()).toBe('9.5000');
  });

  it('what was paid for it is credited with the unused days when the order is cancelled (O9)', async () => {
    await add('backup');
    await cancelOrder(world.db, world.clock, { customerId: customer.customerId, userId: null, orderId, reason: '' });
    // 97.59 and, rounded down once, 9.50 × 30 ÷ 31 + 2.41.
    expect(await world.balanceOf(customer)).toBe('109.1900');
  });

  it('32 times at once it is charged once', async () => {
    await world.openConnections();
    const { customerId } = customer;
    const answers = await Promise.allSettled(
      Array.from({ length: 32 }, () =>
        addOptions(world.db, world.clock, world.config.seller, {
          customerId,
          userId: null,
          orderId,
          options: ['backup'],
        }),
      ),
    );
    expect(answers.some(({ status }) => status === 'fulfilled')).toBe(true);
    const unpaid = await world.unpaidInvoicesOf(customer);
    expect(unpaid).toHaveLength(1);
    await Promise.allSettled(Array.from({ length: 16 }, () => world.pay(customer, unpaid[0].id)));
    expect(await world.balanceOf(customer)).toBe('97.5900');
    expect(await world.db('order_options').where({ order_id: orderId })).toHaveLength(1);
  });
});

describe('dropping an option', () => {
  it('keeps it until the paid period ends, refunds nothing, and the order renews without it', async () => {
    await add('backup');
    await drop('backup');
    expect(await world.balanceOf(customer)).toBe('97.5900');
    expect(await priceOf()).toBe('9.5000');
    expect((await visitor.get(path())).textOf('.option-list')).toContain('until Apr 9, 2026, not renewed');
    expect(await totalOf(await renewalTotal())).toBe('9.5000');
    world.clock.set('2026-04-10T12:00:00Z');
    visitor = await world.signIn(customer);
    expect((await visitor.get(`/orders/${orderId}`)).text).not.toContain('with Daily backups');
  });

  it('can be undone until then, and replaces an open renewal each time', async () => {
    await add('backup');
    const first = await renewalTotal();
    await drop('backup');
    const [second] = await world.unpaidInvoicesOf(customer);
    expect([(await world.invoice(first)).status, second.total]).toEqual(['cancelled', '9.5000']);
    await visitor.submit(`${path()}/backup/removal/undo`);
    expect(await priceOf()).toBe('12.0000');
    expect((await world.unpaidInvoicesOf(customer)).map(({ total }) => total)).toEqual(['12.0000']);
  });

  it('that comes back after a renewal without it is charged for the new period only', async () => {
    await add('backup');
    await drop('backup');
    await world.pay(customer, await renewalTotal());
    expect((await visitor.post(`${path()}/backup/removal/undo`)).status).toBe(404);
    // 10 April to 9 May: all 30 days of it.
    expect((await visitor.get(`${path()}?option=backup`)).amount('[data-total]')).toBe('2.50');
    const balance = Number(await world.balanceOf(customer));
    await add('backup');
    expect(Number(await world.balanceOf(customer))).toBeCloseTo(balance - 2.5, 4);
    expect(await priceOf()).toBe('12.0000');
  });

  it('twice, with a renewal in between, leaves one entry and is not for sale for days that are paid', async () => {
    await add('backup');
    await drop('backup');
    await world.pay(customer, await renewalTotal());
    await add('backup');
    await drop('backup');
    const page = await visitor.get(path());
    expect(page.texts('.option-list li strong')).toEqual(['Daily backups']);
    expect(page.attributes('input[name=option]', 'value')).not.toContain('backup');
    await visitor.submit(`${path()}/backup/removal/undo`);
    expect(await priceOf()).toBe('12.0000');
  });

  it('32 times at once lowers the price once', async () => {
    await add('backup');
    await world.openConnections();
    const { customerId } = customer;
    const request = { customerId, userId: null, orderId, option: 'backup' };
    const answers = await Promise.allSettled(
      Array.from({ length: 32 }, () => dropOption(world.db, world.clock, request)),
    );
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await priceOf()).toBe('9.5000');
  });

  it('undone 32 times at once raises the price once', async () => {
    await add('backup');
    await drop('backup');
    await world.openConnections();
    const request = { customerId: customer.customerId, userId: null, orderId, option: 'backup' };
    const answers = await Promise.allSettled(
      Array.from({ length: 32 }, () => keepOption(world.db, world.clock, request)),
    );
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await priceOf()).toBe('12.0000');
  });

  it('an order that is over has none to add or to drop', async () => {
    await add('backup');
    await cancelOrder(world.db, world.clock, { customerId: customer.customerId, userId: null, orderId, reason: '' });
    expect((await drop('backup')).status).toBe(422);
    expect((await visitor.get(path())).status).toBe(422);
  });

  it('another customer’s options are not there', async () => {
    const stranger = await world.signIn(await world.addCustomer());
    expect((await stranger.get(path())).status).toBe(404);
    expect((await stranger.post(path(), { option: 'backup' })).status).toBe(404);
    expect((await stranger.post(`${path()}/backup/removal`)).status).toBe(404);
  });
});

describe('an option', () => {
  it('of the books stays as it was ordered, but for its end', async () => {
    await add('backup');
    const row = () => world.owner('order_options').where({ order_id: orderId });
    await expect(row().update({ monthly: '1.00' })).rejects.toThrow('only its end changes');
    await expect(row().delete()).rejects.toThrow('not deleted');
    const { option_id, monthly, currency } = await row().first();
    const again = { order_id: orderId, option_id, monthly, currency };
    await expect(world.owner('order_options').insert(again)).rejects.toThrow('order_options_kept');
  });
});
