import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inTransaction } from '../../../src/platform/db/transaction.ts';
import { SomethingChanged } from '../../../src/domain/errors.ts';
import { markOrderCancelled } from '../../../src/domain/orders/mark-cancelled.ts';
import { issueRenewalInvoice } from '../../../src/domain/renewals/issue-renewal-invoice.ts';
import { suspendOrder } from '../../../src/domain/renewals/suspend-order.ts';
import { expectInvariants } from '../../support/invariants.ts';
import { meanwhile } from '../../support/meanwhile.ts';
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

describe('renewing an order', () => {
  it('shows the new paid-until date, the price, the saving and the balance for each period (O7)', async () => {
    await world.credit(customer, '20.00');
    const orderId = await world.addActiveOrder(customer, { plan: 'vps-2' });
    const page = await visitor.get(`/orders/${orderId}/renewal`);
    expect(page.texts('.choice-row')).toEqual([
      '1 month until May 9, 2026 €9.50',
      '3 months until Jul 9, 2026 you save €1.50 €27.00',
      '6 months until Oct 9, 2026 you save €4.50 €52.50',
      '12 months until Apr 9, 2027 you save €13.50 €100.50',
    ]);
    expect(page.textOf('[data-renewals-change]')).toBe('Balance: €20.00 → €10.50');
    expect(page.value('input[name=months]:checked')).toBe('1');
  });

  it('makes an invoice for the chosen period, which extends the order when it is paid (O7)', async () => {
    await world.credit(customer, '27.00');
    const orderId = await world.addActiveOrder(customer, { plan: 'vps-2' });
    await visitor.get(`/orders/${orderId}/renewal`);
    const page = await visitor.submit(`/orders/${orderId}/renewal`, { months: '3' });
    expect(page.amount('[data-total]')).toBe('27.00');
    const [invoice] = await world.unpaidInvoicesOf(customer);
    expect(invoice).toMatchObject({ due_on: '2026-04-09', period_months: 3 });
    await visitor.submit(`/invoices/${invoice.id}/payment`, { method: 'balance' });
    expect(await world.order(orderId)).toMatchObject({ paid_until: '2026-07-09', paid_months: 4 });
  });

  it('is made and paid in one step where the balance covers it, else led to the top-up that pays it (I6)', async () => {
    await world.credit(customer, '30.00');
    const orderId = await world.addActiveOrder(customer, { plan: 'vps-2' });
    await visitor.get(`/orders/${orderId}/renewal`);
    const page = await visitor.submit(`/orders/${orderId}/renewal`, { months: '3', pay: 'now' });
    expect(page.textOf('.flash-success')).toContain('runs until Jul 9, 2026');
    expect(page.amount('#balance')).toBe('3.00');
    const short = await visitor.post(`/orders/${orderId}/renewal`, { months: '1', pay: 'now' });
    const [invoice] = await world.unpaidInvoicesOf(customer);
    expect(short.location).toBe(`/top-ups/new?amount=6.5&currency=EUR&pays=${invoice.id}`);
  });

  it('is charged once, however often its form is sent, one after another or at once (O7)', async () => {
    await world.credit(customer, '30.00');
    const orderId = await world.addActiveOrder(customer, { plan: 'vps-1' });
    const shown = await visitor.get(`/orders/${orderId}/renewal`);
    const form = { months: '1', pay: 'now', paid_until: shown.value('input[name=paid_until]') };
    expect(form.paid_until).toBe('2026-04-09');
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => visitor.post(`/orders/${orderId}/renewal`, form)),
    );
    expect(answers.some(({ status }) => status === 303)).toBe(true);
    const again = await visitor.submit(`/orders/${orderId}/renewal`, form);
    expect(again.textOf('.flash-success')).toBe(
      `Order ${orderId} is already renewed, until May 9, 2026. You were charged once.`,
    );
    expect(await world.balanceOf(customer)).toBe('25.0000');
    expect(await world.order(orderId)).toMatchObject({ paid_until: '2026-05-09' });
    expect(await world.unpaidInvoicesOf(customer)).toEqual([]);
  });

  it('is charged once for several orders together too (O7)', async () => {
    await world.credit(customer, '30.00');
    const ids = [await world.addActiveOrder(customer, { plan: 'vps-1' }), await world.addActiveOrder(customer)];
    const shown = await visitor.get('/orders/renewals');
    const form = {
      pay: 'now',
      ...Object.fromEntries(ids.map((id) => [`order[${id}]`, '1'])),
      ...Object.fromEntries(ids.map((id) => [`paid_until[${id}]`, shown.value(`input[name="paid_until[${id}]"]`)])),
    };
    await visitor.submit('/orders/renewals', form);
    const paid = await world.balanceOf(customer);
    const again = await visitor.submit('/orders/renewals', form);
    expect(again.textOf('.flash-success')).toContain('You were charged once');
    expect([paid, await world.balanceOf(customer)]).toEqual(['15.5000', '15.5000']);
  });

  it('keeps the price the order was made at for its own period, and takes today’s for others', async () => {
    const orderId = await world.addActiveOrder(customer, { plan: 'vps-4-nvme' });
    const { plan_id } = await world.order(orderId);
    await world.db('plan_prices').where({ plan_id, currency: 'EUR' }).update({ price: '99.00' });
    const page = await visitor.get(`/orders/${orderId}/renewal`);
    expect(page.amounts('.choice-price').slice(0, 2)).toEqual(['24.00', '99.00']);
  });

  it('replaces the open renewal, so that one period is never sold twice, however many are made at once', async () => {
    const orderId = await world.addActiveOrder(customer, { plan: 'vps-1' });
    const { customerId } = customer;
    const issue = (months: number) =>
      inTransaction(world.db, (trx) =>
        issueRenewalInvoice(trx, world.clock, world.config.seller, {
          customerId,
          renewals: [{ orderId, months }],
        }),
      );
    const results = await Promise.allSettled([1, 3, 6, 12, 1, 3, 6, 12].map(issue));
    expect(results.some(({ status }) => status === 'fulfilled')).toBe(true);
    expect(await world.unpaidInvoicesOf(customer)).toHaveLength(1);
  });

  it('is refused when another renewal of the order is issued at the same moment', async () => {
    const orderId = await world.addActiveOrder(customer);
    const { customerId } = customer;
    const outcome = await meanwhile(
      world,
      (trx) => issueRenewalInvoice(trx, world.clock, world.config.seller, { customerId, renewals: [{ orderId }] }),
      () => world.issueRenewal(customer, orderId),
    );
    expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(SomethingChanged) });
    expect(await world.unpaidInvoicesOf(customer)).toHaveLength(1);
  });

  it('leads to the day that the paid months give, and the database takes no other (O6)', async () => {
    const orderId = await world.addActiveOrder(customer);
    for (const change of [{ paid_until: '2027-04-09' }, { paid_months: 13 }])
      await expect(world.db('orders').where({ id: orderId }).update(change)).rejects.toThrow(
        /paid_until_follows_anchor/,
      );
  });

  it('is refused in every other state, by request too (O5)', async () => {
    const [abused, over] = [await world.addActiveOrder(customer), await world.addActiveOrder(customer)];
    const { orderId: awaiting } = await world.placeOrder(customer);
    await inTransaction(world.db, (trx) =>
      suspendOrder(trx, world.clock, { customerId: customer.customerId, orderId: abused, reason: 'abuse' }),
    );
    await inTransaction(world.db, (trx) =>
      markOrderCancelled(trx, world.clock, { customerId: customer.customerId, orderId: over }),
    );
    await visitor.get('/orders');
    for (const id of [abused, over, awaiting]) {
      expect((await visitor.get(`/orders/${id}/renewal`)).status).toBe(422);
      await visitor.get('/orders');
      expect((await visitor.post(`/orders/${id}/renewal`, { months: '1' })).status).toBe(422);
    }
    expect(await world.unpaidInvoicesOf(customer)).toHaveLength(1);
  });

  it.each(['0', '5', '-1', '1e1', '', 'x', '100'])('refuses the odd period %j', async (months) => {
    const orderId = await world.addActiveOrder(customer);
    await visitor.get('/orders');
    expect([400, 404]).toContain((await visitor.post(`/orders/${orderId}/renewal`, { months })).status);
    expect(await world.unpaidInvoicesOf(customer)).toHaveLength(0);
  });

  it('of somebody else is not there', async () => {
    const stranger = await world.addCustomer();
    const orderId = await world.addActiveOrder(stranger);
    await visitor.get('/orders');
    expect((await visitor.get(`/orders/${orderId}/renewal`)).status).toBe(404);
    expect((await visitor.post(`/orders/${orderId}/renewal`, { months: '1' })).status).toBe(404);
    expect((await visitor.post('/orders/renewals', { [`order[${orderId}]`]: '1' })).status).toBe(404);
  });
});
