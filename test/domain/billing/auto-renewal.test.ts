import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addDays } from '../../../src/platform/clock.ts';
import { Money } from '../../../src/domain/money/money.ts';
import { SANDBOX } from '../../../src/domain/gateways/sandbox.ts';
import { changePlan } from '../../../src/domain/plan-changes/change-plan.ts';
import { createTopUp } from '../../../src/domain/payments/create-top-up.ts';
import { startPayment } from '../../../src/domain/payments/start-payment.ts';
import { expectInvariants } from '../../support/invariants.ts';
import type { TestCustomer } from '../../support/people.ts';
import { report } from '../../support/webhook.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let customer: TestCustomer;
beforeEach(async () => {
  world = await createWorld();
  customer = await world.addCustomer();
});
afterEach(async () => {
  await expectInvariants(world);
  await world.close();
});

const autoRenew = (orderId: number) => world.db('orders').where({ id: orderId }).update({ auto_renewal: true });

/** Money that came by a top-up made for an invoice. */
async function topUpFor(invoiceId: number, amount: string) {
  const pay = Money.of(amount, 'EUR');
  const { customerId } = customer;
  const topUp = await createTopUp(world.db, world.clock, world.config, {
    customerId,
    pay,
    pays: [invoiceId],
  });
  const started = await startPayment(world.db, world.clock, world.config, {
    customerId,
    invoiceId: topUp.id,
    gateway: SANDBOX,
  });
  if (started.outcome !== 'started') throw new Error('The quote has run out');
  expect(await report(world, started)).toBe(200);
}

describe('what a top-up brought for an invoice', () => {
  it('is kept for it while it is unpaid, 7 days at most, from auto-renewal but not from the customer (I6, B2)', async () => {
    const renewing = await world.addActiveOrder(customer, { plan: 'vps-1' });
    await autoRenew(renewing);
    world.clock.set('2026-04-03T12:00:00Z');
    const { invoice } = await world.placeOrder(customer, { plan: 'vps-2', months: 12 });
    await topUpFor(invoice.id, '20.00');
    expect(await world.balanceOf(customer)).toBe('20.0000');
    expect((await world.runCalendarOn('2026-04-04')).counts).toMatchObject({ issued: 1, renewal_failed: 1 });
    expect(await world.balanceOf(customer)).toBe('20.0000');
    const told = await world.db('mails').where({ customer_id: customer.customerId, kind: 'renewal_failed' }).first();
    expect(told.data).toMatchObject({
      balance: { amount: '20' },
      reserved: { amount: '20' },
      missing: { amount: '5' },
    });
    const renewal = await world
      .db('invoices')
      .where({ customer_id: customer.customerId, status: 'unpaid' })
      .orderBy('id', 'desc')
      .first();
    await world.pay(customer, renewal.id);
    expect(await world.balanceOf(customer)).toBe('15.0000');
  });

  it('is free again after 7 days, and when the invoice is cancelled (I6, B2)', async () => {
    const renewing = await world.addActiveOrder(customer, { plan: 'vps-1' });
    await autoRenew(renewing);
    world.clock.set('2026-04-03T12:00:00Z');
    const { invoice } = await world.placeOrder(customer, { plan: 'vps-2', months: 12 });
    await topUpFor(invoice.id, '20.00');
    for (let day = '2026-04-04'; day <= '2026-04-10'; day = addDays(day, 1))
      expect((await world.runCalendarOn(day)).counts).not.toHaveProperty('paid');
    expect((await world.runCalendarOn('2026-04-11')).counts).toMatchObject({ paid: 1 });
  });

  it('is not kept once it was spent: money that comes later is free for auto-renewal (I6, B2)', async () => {
    const renewing = await world.addActiveOrder(customer, { plan: 'vps-1' });
    await autoRenew(renewing);
    world.clock.set('2026-04-03T12:00:00Z');
    const { invoice } = await world.placeOrder(customer, { plan: 'vps-2', months: 12 });
    await topUpFor(invoice.id, '20.00');
    await world.credit(customer, '-20.00');
    await world.credit(customer, '5.00');
    expect((await world.runCalendarOn('2026-04-04')).counts).toMatchObject({ paid: 1 });
  });

  it('is not kept from the very renewal that it was brought for (I6, B2)', async () => {
    const renewing = await world.addActiveOrder(customer, { plan: 'vps-2' });
    world.clock.set('2026-04-04T02:00:00Z');
    const renewal = await world.issueRenewal(customer, renewing);
    await topUpFor(renewal.id, '6.00');
    await autoRenew(renewing);
    await world.credit(customer, '3.50');
    expect((await world.runCalendarOn('2026-04-04')).counts).toMatchObject({ paid: 1 });
  });
});

describe('an upgrade that waits while its order is renewed', () => {
  it.each(['by itself', 'by its customer'])(
    'is withdrawn when the order is renewed %s; the customer is told, and offered it anew (O7, O8)',
    async (how) => {
      const orderId = await world.addActiveOrder(customer, { plan: 'vps-1' });
      world.clock.set('2026-04-04T02:00:00Z');
      const { invoice } = await changePlan(world.db, world.clock, world.config.seller, {
        customerId: customer.customerId,
        userId: null,
        orderId,
        plan: 'vps-2',
      });
      await world.credit(customer, '5.00');
      if (how === 'by itself') {
        await autoRenew(orderId);
        expect((await world.runCalendarOn('2026-04-04')).counts).toMatchObject({ paid: 1 });
      } else await world.pay(customer, (await world.issueRenewal(customer, orderId)).id);
      expect(await world.invoice(invoice?.id ?? 0)).toMatchObject({ status: 'cancelled' });
      const mail = await world
        .db('mails')
        .where({ customer_id: customer.customerId, kind: 'upgrade_withdrawn' })
        .first();
      expect(mail.data).toMatchObject({ order: orderId, plan_code: 'vps-2', invoice: { id: invoice?.id } });
      const visitor = await world.signIn(customer);
      const page = await visitor.get(`/orders/${orderId}`);
      expect(page.$('.timeline').text()).toContain('cancelled: renewed before it was paid');
      const message = await visitor.get(`/dev/mail/${mail.id}`);
      const again = /\/orders\/\d+\/plan-change\?plan=vps-2/.exec(message.text)?.[0] ?? '';
      expect((await visitor.get(again)).status).toBe(200);
    },
  );
});

describe('top-ups that nobody pays', () => {
  it('lapse 7 days after their last quote, and money that still comes goes to the balance (T2, T6)', async () => {
    const left = await world.startTopUp(customer, '20.00', 'EUR');
    const requoted = await world.startTopUp(customer, '30.00', 'EUR');
    world.clock.set('2026-03-15T12:00:00Z');
    const again = await startPayment(world.db, world.clock, world.config, {
      customerId: customer.customerId,
      invoiceId: requoted.invoiceId,
      gateway: SANDBOX,
    });
    expect(again.outcome).toBe('requoted');
    expect((await world.runCalendarOn('2026-03-17')).counts).toEqual({});
    expect((await world.runCalendarOn('2026-03-18')).counts).toEqual({ top_up_lapsed: 1 });
    expect(await world.invoice(left.invoiceId)).toMatchObject({ status: 'cancelled' });
    expect((await world.runCalendarOn('2026-03-22')).counts).toEqual({});
    expect((await world.runCalendarOn('2026-03-23')).counts).toEqual({ top_up_lapsed: 1 });
    expect(await report(world, left)).toBe(200);
    expect(await world.balanceOf(customer)).toBe('20.0000');
    const payment = await world.db('payments').where({ reference: left.reference }).first();
    expect(payment).toMatchObject({ status: 'captured', marked_for: 'invoice_not_unpaid' });
  });
});
