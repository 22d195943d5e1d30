import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addDays } from '../../../src/platform/clock.ts';
import { inTransaction } from '../../../src/platform/db/transaction.ts';
import { SomethingChanged } from '../../../src/domain/errors.ts';
import { Money, sum } from '../../../src/domain/money/money.ts';
import { valueOfUnusedDays } from '../../../src/domain/orders/unused-days.ts';
import { issueRenewalInvoice } from '../../../src/domain/renewals/issue-renewal-invoice.ts';
import { suspendOrder } from '../../../src/domain/renewals/suspend-order.ts';
import { cancelOrder } from '../../../src/domain/cancellations/cancel-order.ts';
import { NOW } from '../../support/clock.ts';
import { currencyOf } from '../../support/currency.ts';
import { expectInvariants } from '../../support/invariants.ts';
import { meanwhile } from '../../support/meanwhile.ts';
import type { TestCustomer } from '../../support/people.ts';
import type { Visitor } from '../../support/visitor.ts';
import { createWorld, type World } from '../../support/world.ts';

const EUR = currencyOf('EUR', 2);

let world: World;
let customer: TestCustomer;
let visitor: Visitor;
beforeAll(async () => {
  world = await createWorld({ pool: 20 });
  await world.db('plans').where({ code: 'vps-4' }).update({ refunds_unused: true });
});
afterAll(async () => {
  await expectInvariants(world);
  await world.close();
});
beforeEach(async () => {
  await world.openConnections();
  world.clock.set(NOW);
  customer = await world.addCustomer();
  visitor = await world.signIn(customer);
});

describe('the value of unused days', () => {
  const period = (from: string, days: number, amount: string) => ({
    from,
    to: addDays(from, days - 1),
    amount: Money.of(amount, 'EUR'),
  });

  it('is the part of each period after today, summed exactly and rounded down once (O9)', () => {
    const periods = [period('2026-03-01', 31, '10.00'), period('2026-04-01', 30, '10.00')];
    expect(valueOfUnusedDays(periods, '2026-03-10', EUR).toDatabase()).toBe('16.77');
    expect(valueOfUnusedDays(periods, '2026-04-30', EUR).toDatabase()).toBe('0');
    expect(valueOfUnusedDays(periods, '2026-06-01', EUR).toDatabase()).toBe('0');
    expect(valueOfUnusedDays(periods, '2026-02-28', EUR).toDatabase()).toBe('20');
  });

  it('is never more than what was paid, nor below zero, and falls day by day (O9)', () => {
    const periods = fc.array(
      fc.record({
        offset: fc.nat(400),
        days: fc.integer({ min: 1, max: 731 }),
        cents: fc.integer({ min: 1, max: 10 ** 8 }),
      }),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(periods, fc.nat(1200), (paid, day) => {
        const list = paid.map(({ offset, days, cents }) =>
          period(addDays('2026-01-01', offset), days, new Decimal(cents).dividedBy(100).toFixed()),
        );
        const today = addDays('2025-12-01', day);
        const value = valueOfUnusedDays(list, today, EUR);
        expect(value.isNegative).toBe(false);
        const paidInAll: Money = sum(
          list.map(({ amount }) => amount),
          'EUR',
        );
        expect(paidInAll.isLessThan(value)).toBe(false);
        expect(value.isLessThan(valueOfUnusedDays(list, addDays(today, 1), EUR))).toBe(false);
      }),
    );
  });
});

describe('cancelling an order now', () => {
  it('shows what happens first, cancels unpaid invoices, and credits only what the plan allows (O9)', async () => {
    const orderId = await world.addActiveOrder(customer, { plan: 'vps-2' });
    const renewal = await world.issueRenewal(customer, orderId);
    const page = await visitor.get(`/orders/${orderId}/cancellation`);
    expect(page.$('.bullets').text()).toContain(renewal.number);
    expect(page.$('.bullets').text()).toContain('30 paid days will be lost');
    await visitor.submit(`/orders/${orderId}/cancellation`, { when: 'now', reason: 'Too dear' });
    expect(await world.order(orderId)).toMatchObject({ status: 'cancelled', cancel_reason: 'Too dear' });
    expect(await world.invoice(renewal.id)).toMatchObject({ status: 'cancelled' });
    expect(await world.balanceOf(customer)).toBe('0.0000');
  });

  it('credits the unused days where the plan says so, renewals included, and names the order (O9)', async () => {
    const orderId = await world.addActiveOrder(customer, { plan: 'vps-4' });
    await world.credit(customer, '21.00');
    const renewal = await world.issueRenewal(customer, orderId);
    await world.pay(customer, renewal.id);
    world.clock.set('2026-03-25T12:00:00Z');
    visitor = await world.signIn(customer);
    const page = await visitor.get(`/orders/${orderId}/cancellation`);
    // 21 × 15 ÷ 31 of the first month, and all of the second.
    expect(page.amount('.bullets')).toBe('31.16');
    const cancelled = await visitor.submit(`/orders/${orderId}/cancellation`, { when: 'now' });
    expect(cancelled.textOf('.alert')).toBe('Cancelled on Mar 25, 2026. €31.16 was credited to your balance.');
    expect(await world.balanceOf(customer)).toBe('31.1600');
    expect((await visitor.get('/balance')).$('#list tbody tr').first().text()).toContain(`Order ${orderId}`);
  });

  it('happens once, however often it is asked for at once, and beside a payment (O9)', async () => {
    const orderId = await world.addActiveOrder(customer, { plan: 'vps-4' });
    await world.credit(customer, '21.00');
    const renewal = await world.issueRenewal(customer, orderId);
    const cancel = () =>
      cancelOrder(world.db, world.clock, {
        customerId: customer.customerId,
        userId: null,
        orderId,
        reason: '',
      });
    const results = await Promise.allSettled([cancel(), world.pay(customer, renewal.id), cancel(), cancel(), cancel()]);
    expect(results.filter((_, index) => index !== 1).filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await world.order(orderId)).toMatchObject({ status: 'cancelled' });
    // 30 of 31 days of the first month are unused; the renewal was not paid, or comes back whole.
    expect(await world.balanceOf(customer)).toBe('41.3200');
  });

  it('leaves no invoice behind that is issued at the same moment (O9)', async () => {
    const orderId = await world.addActiveOrder(customer);
    const { customerId } = customer;
    const cancel = () => cancelOrder(world.db, world.clock, { customerId, userId: null, orderId, reason: '' });
    const outcome = await meanwhile(
      world,
      (trx) => issueRenewalInvoice(trx, world.clock, world.config.seller, { customerId, renewals: [{ orderId }] }),
      cancel,
    );
    expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(SomethingChanged) });
    await cancel();
    expect(await world.db('invoices').where({ customer_id: customerId, status: 'unpaid' })).toEqual([]);
  });

  it('of an order that awaits its payment cancels the invoice with it (I8)', async () => {
    const { orderId, invoice } = await world.placeOrder(customer);
    await visitor.get(`/orders/${orderId}/cancellation`);
    await visitor.submit(`/orders/${orderId}/cancellation`, { when: 'now' });
    expect([(await world.order(orderId)).status, (await world.invoice(invoice.id)).status]).toEqual([
      'cancelled',
      'cancelled',
    ]);
  });

  it('is refused while it is set up, blocked by staff, or over; and for others it is not there (O5)', async () => {
    const abused = await world.addActiveOrder(customer);
    await inTransaction(world.db, (trx) =>
      suspendOrder(trx, world.clock, { customerId: customer.customerId, orderId: abused, reason: 'abuse' }),
    );
    await world.credit(customer, '9.50');
    const waiting = await world.placeOrder(customer);
    await world.pay(customer, waiting.invoice.id);
    const over = await world.placeOrder(customer);
    await visitor.get('/orders');
    await visitor.post(`/invoices/${over.invoice.id}/cancellation`);
    for (const id of [abused, waiting.orderId, over.orderId]) {
      await visitor.get('/orders');
      expect((await visitor.post(`/orders/${id}/cancellation`, { when: 'now' })).status).toBe(422);
    }
    const stranger = await world.signIn(await world.addCustomer());
    await stranger.get('/orders');
    const active = await world.addActiveOrder(customer);
    expect((await stranger.get(`/orders/${active}/cancellation`)).status).toBe(404);
    expect((await stranger.post(`/orders/${active}/cancellation`, { when: 'now' })).status).toBe(404);
    expect(await world.order(active)).toMatchObject({ status: 'active' });
  });

  it.each([{}, { when: 'yesterday' }, { when: ['now', 'now'] }])('refuses the odd request %j', async (fields) => {
    const orderId = await world.addActiveOrder(customer);
    await visitor.get('/orders');
    expect((await visitor.post(`/orders/${orderId}/cancellation`, fields as Record<string, string>)).status).toBe(400);
    expect(await world.order(orderId)).toMatchObject({ status: 'active' });
  });
});
