import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addDays } from '../../../src/platform/clock.ts';
import { Money } from '../../../src/domain/money/money.ts';
import { addOptions } from '../../../src/domain/plan-changes/change-options.ts';
import { listPriceChanges } from '../../../src/domain/price-changes/price-change-queries.ts';
import { savePrices, withdrawPrices } from '../../../src/domain/price-changes/save-prices.ts';
import { inTransaction } from '../../../src/platform/db/transaction.ts';
import { seedOptions } from '../../../seeds/catalogue.ts';
import { expectInvariants } from '../../support/invariants.ts';
import type { TestCustomer } from '../../support/people.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let customer: TestCustomer;
let by: number;
let planId: number;
beforeEach(async () => {
  world = await createWorld();
  await inTransaction(world.db, seedOptions);
  customer = await world.addCustomer();
  by = (await world.addStaff('admin')).userId;
  planId = (await world.db('plans').where({ code: 'vps-2' }).first('id')).id;
});
afterEach(async () => {
  await expectInvariants(world);
  await world.close();
});

/** The plan costs so many EUR in 40 days; orders that run follow, told 30 days before. */
const raise = async ({
  months = 1,
  price = '12.00',
  running = { noticeDays: 30 },
}: { months?: number; price?: string; running?: { noticeDays: number } | null } = {}) =>
  savePrices(world.db, world.clock, {
    by,
    planId,
    cells: [{ row: months, currency: 'EUR' }],
    prices: new Map([[`EUR_${months}`, Money.of(price, 'EUR')]]),
    validFrom: world.daysFromToday(40),
    running,
    version: (await listPriceChanges(world.db, planId))[0]?.version ?? 0,
  });

const priceOf = async (orderId: number) => (await world.order(orderId)).price as string;
const toldOf = () => world.db('mails').where({ customer_id: customer.customerId, kind: 'price_change' });

describe('running orders whose prices change (b19)', () => {
  it('keep their price unless it is chosen that they follow', async () => {
    const orderId = await world.addActiveOrder(customer);
    const day = world.daysFromToday(40);
    expect(await raise({ running: null })).toBe(0);
    await world.runCalendarOn(day);
    expect(await priceOf(orderId)).toBe('9.5000');
    expect(await toldOf()).toHaveLength(0);
  });

  it('are told in one message a customer, so many days before, and follow on the day', async () => {
    const orders = [
      await world.addActiveOrder(customer),
      await world.addActiveOrder(customer, { options: ['backup'] }),
    ];
    const own = await world.addActiveOrder(customer);
    await world.db('orders').where({ id: own }).update({ price: '8.00' });
    const day = world.daysFromToday(40);
    const toldOn = addDays(day, -30);
    expect(await raise()).toBe(2);
    await world.runCalendarOn(addDays(toldOn, -1));
    expect(await toldOf()).toHaveLength(0);
    expect((await world.runCalendarOn(toldOn)).counts).toMatchObject({ price_told: 2 });
    await world.runCalendarOn(toldOn);
    const [mail, ...more] = await toldOf();
    expect(more).toEqual([]);
    expect(mail.data).toMatchObject({ from: day, prices: [{ id: orders[0] }, { id: orders[1] }] });
    expect(mail.data.prices[1]).toMatchObject({ before: { amount: '12' }, after: { amount: '14.5' } });
    expect(await Promise.all(orders.map(priceOf))).toEqual(['9.5000', '12.0000']);
    await world.credit(customer, '100.00');
    await world
      .db('orders')
      .whereIn('id', [...orders, own])
      .update({ auto_renewal: true });
    await world.runCalendarOn(addDays(toldOn, 20));
    expect((await world.runCalendarOn(day)).counts).toMatchObject({ price_changed: 2 });
    expect(await Promise.all([...orders, own].map(priceOf))).toEqual(['12.0000', '14.5000', '8.0000']);
    const event = await world.db('order_events').where({ order_id: orders[1], kind: 'price_changed' }).first();
    expect(event.details).toMatchObject({ before: '12.0000', after: '14.5' });
  });

  it('have their whole notice when the calendar was late to tell them', async () => {
    const orderId = await world.addActiveOrder(customer, { months: 3 });
    await world.db('plan_prices').where({ plan_id: planId, currency: 'EUR', months: 3 }).update({ price: '27.00' });
    const day = world.daysFromToday(40);
    await raise({ months: 3, price: '33.00' });
    await world.runCalendarOn(day);
    expect(await priceOf(orderId)).toBe('27.0000');
    await world.runCalendarOn(addDays(day, 29));
    expect(await priceOf(orderId)).toBe('27.0000');
    await world.runCalendarOn(addDays(day, 30));
    expect(await priceOf(orderId)).toBe('33.0000');
  });

  it('have their whole notice when days are caught up with', async () => {
    const orderId = await world.addActiveOrder(customer);
    await world.credit(customer, '100.00');
    await world.db('orders').where({ id: orderId }).update({ auto_renewal: true });
    const day = world.daysFromToday(40);
    await world.runCalendar();
    await raise();
    await world.runCalendarOn(day);
    expect(await priceOf(orderId)).toBe('9.5000');
    expect((await toldOf())[0].data).toMatchObject({ from: addDays(day, 30) });
    await world.runCalendarOn(addDays(day, 30));
    expect(await priceOf(orderId)).toBe('12.0000');
  });

  it('keep the new price when an option is paid that was invoiced before', async () => {
    const orderId = await world.addActiveOrder(customer);
    await world.credit(customer, '100.00');
    await world.db('orders').where({ id: orderId }).update({ auto_renewal: true });
    const day = world.daysFromToday(40);
    await raise();
    for (const before of [30, 16, 1]) await world.runCalendarOn(addDays(day, -before));
    const { customerId } = customer;
    const request = { customerId, userId: null, orderId, options: ['backup'] };
    const invoice = await addOptions(world.db, world.clock, world.config.seller, request);
    await world.runCalendarOn(day);
    expect(await priceOf(orderId)).toBe('12.0000');
    await world.pay(customer, invoice?.id ?? 0);
    expect(await priceOf(orderId)).toBe('14.5000');
  });

  it('follow too when their customers end them before the day and keep them afterwards', async () => {
    const orderId = await world.addActiveOrder(customer, { months: 3 });
    await world.db('plan_prices').where({ plan_id: planId, currency: 'EUR', months: 3 }).update({ price: '27.00' });
    await world.db('orders').where({ id: orderId }).update({ price: '27.00' });
    const day = world.daysFromToday(40);
    await raise({ months: 3, price: '33.00' });
    await world.runCalendarOn(addDays(day, -30));
    const ends = (ends_at_period: boolean) => world.db('orders').where({ id: orderId }).update({ ends_at_period });
    await ends(true);
    await world.runCalendarOn(day);
    expect(await priceOf(orderId)).toBe('27.0000');
    await ends(false);
    await world.runCalendarOn(addDays(day, 1));
    expect(await priceOf(orderId)).toBe('33.0000');
  });

  it('that have another plan or another price by then keep what they have', async () => {
    const moved = await world.addActiveOrder(customer);
    const priced = await world.addActiveOrder(customer);
    const day = world.daysFromToday(40);
    await raise();
    await world.runCalendarOn(addDays(day, -30));
    const other = await world.db('plans').where({ code: 'vps-4' }).first('id');
    await world.db('orders').where({ id: moved }).update({ plan_id: other.id, price: '21.00' });
    await world.db('orders').where({ id: priced }).update({ price: '7.00' });
    await world.runCalendarOn(day);
    expect(await Promise.all([moved, priced].map(priceOf))).toEqual(['21.0000', '7.0000']);
    expect(await world.db('order_price_changes').whereNull('dropped_on')).toHaveLength(0);
    await world.db('orders').where({ id: moved }).update({ plan_id: planId, price: '9.50' });
  });

  it('whose new price is withdrawn are written to again, if they were told', async () => {
    const orderId = await world.addActiveOrder(customer);
    const day = world.daysFromToday(40);
    await raise();
    await world.runCalendarOn(addDays(day, -30));
    const [change] = await listPriceChanges(world.db, planId);
    await withdrawPrices(world.db, world.clock, { by, planId, changeId: change?.id ?? 0 });
    const mails = await world.db('mails').where({ kind: 'price_stays' });
    expect(mails).toHaveLength(1);
    expect(mails[0].data).toMatchObject({ from: day, prices: [{ id: orderId, after: { amount: '9.5' } }] });
    await world.runCalendarOn(day);
    expect(await priceOf(orderId)).toBe('9.5000');
  });

  it('show their customers the price that is to come', async () => {
    const orderId = await world.addActiveOrder(customer);
    const day = world.daysFromToday(40);
    await raise();
    const shown = async () => (await (await world.signIn(customer)).get(`/orders/${orderId}`)).textOf('main');
    expect(await shown()).not.toContain('€12.00');
    await world.runCalendarOn(addDays(day, -30));
    expect(await shown()).toContain('€9.50 → €12.00');
  });
});
