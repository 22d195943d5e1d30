import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inTransaction } from '../../../src/platform/db/transaction.ts';
import { NothingToPayFor } from '../../../src/domain/errors.ts';
import { suspendOrder } from '../../../src/domain/renewals/suspend-order.ts';
import { changePlan } from '../../../src/domain/plan-changes/change-plan.ts';
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
  world = await createWorld({ pool: 20 });
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
  // Paid until 9 April: 30 of 31 days are left.
  orderId = await world.addActiveOrder(customer, { plan: 'vps-2' });
});

const planOf = async (id = orderId) => {
  const order = await world.order(id);
  return (await world.db('plans').where({ id: order.plan_id }).first('code')).code;
};
const change = (plan: string, fields: Record<string, string> = {}) =>
  visitor.post(`/orders/${orderId}/plan-change`, { plan, ...fields });
const unpaid = () => world.db('invoices').where({ customer_id: customer.customerId, status: 'unpaid' }).orderBy('id');
const setDay = (day: string) => world.clock.set(`${day}T12:00:00Z`);

describe('changing the plan', () => {
  it('offers the category’s other plans with their prices, and shows the calculation line by line (O8)', async () => {
    const list = await visitor.get(`/orders/${orderId}/plan-change`);
    expect(list.$('tr[data-plan]').length).toBe(7);
    expect(list.$('tr[data-plan^=ds-]').length).toBe(0);
    expect(list.$('tr[data-plan=vps-4] td').eq(1).text()).toContain('€11.12');
    const page = await visitor.get(`/orders/${orderId}/plan-change?plan=vps-4`);
    const [[period, days, shares] = []] = page.cells('tbody tr');
    expect(period).toBe('Mar 11, 2026 – Apr 9, 2026');
    expect([days, shares]).toEqual(['30', '€21.00 ÷ 31 × 30 − €9.50 ÷ 31 × 30']);
    // (21.00 − 9.50) × 30 ÷ 31 = 11.129…
    expect(page.amount('[data-total]')).toBe('11.12');
  });

  it('the figures that are shown multiply to the amount, after changes there and back too (O8)', async () => {
    await world.credit(customer, '100.00');
    setDay('2026-03-14');
    const { customerId } = customer;
    const { invoice } = await changePlan(world.db, world.clock, world.config.seller, {
      customerId,
      userId: null,
      orderId,
      plan: 'vps-4',
    });
    await world.pay(customer, invoice?.id ?? 0);
    setDay('2026-03-22');
    visitor = await world.signIn(customer);
    const page = await visitor.get(`/orders/${orderId}/plan-change?plan=vps-1`);
    const shown = page
      .$('[data-shares]')
      .first()
      .text()
      .replaceAll(/[\s€]+/g, '');
    const shares = [...shown.matchAll(/([−+]?)([\d.]+)÷(\d+)×(\d+)/g)];
    expect(shares).toHaveLength(3);
    const sum = shares.reduce(
      (total, [, sign, amount = '0', of = '1', left = '0']) =>
        total + ((sign === '−' ? -1 : 1) * Number(amount) * Number(left)) / Number(of),
      0,
    );
    const total = page.amount('[data-total]');
    expect((Math.trunc(sum * 100) / 100).toFixed(2)).toBe(total);
  });

  it('an upgrade makes an invoice and takes effect when it is paid (O8)', async () => {
    await world.credit(customer, '20.00');
    await visitor.get(`/orders/${orderId}/plan-change?plan=vps-4`);
    const invoice = await visitor.submit(`/orders/${orderId}/plan-change`, {
      plan: 'vps-4',
      amount: '11.12',
    });
    expect(invoice.amount('[data-total]')).toBe('11.12');
    expect(invoice.text).toContain('Change to VPS-4');
    expect(await planOf()).toBe('vps-2');
    const [issued] = await unpaid();
    await visitor.post(`/invoices/${issued.id}/payment`, { method: 'balance' });
    expect(await planOf()).toBe('vps-4');
    expect(await world.order(orderId)).toMatchObject({ price: '21.0000', paid_until: '2026-04-09' });
    expect(await world.balanceOf(customer)).toBe('8.8800');
    expect((await visitor.get(`/orders/${orderId}`)).$('.timeline').text()).toContain('Plan changed to VPS-4');
  });

  it('an upgrade is paid from the balance in one step, and says what it did (O8)', async () => {
    await world.credit(customer, '20.00');
    const page = await visitor.get(`/orders/${orderId}/plan-change?plan=vps-4`);
    expect(page.textOf('button[value=now]')).toBe('Upgrade and pay €11.12');
    const form = { plan: 'vps-4', amount: '11.12', pay: 'now' };
    const order = await visitor.submit(`/orders/${orderId}/plan-change`, form);
    expect(order.textOf('.flash')).toBe('Paid. The plan is now VPS-4.');
    expect(await planOf()).toBe('vps-4');
    expect(await world.balanceOf(customer)).toBe('8.8800');
    // Pressed once more.
    const again = await visitor.submit(`/orders/${orderId}/plan-change`, form);
    expect(again.textOf('.flash')).toBe(`Plan of order ${orderId} changed.`);
    expect(await world.balanceOf(customer)).toBe('8.8800');
  });

  it('an upgrade that the balance does not cover leads to the top-up that pays it (O8, I6)', async () => {
    await world.credit(customer, '5.00');
    const page = await visitor.get(`/orders/${orderId}/plan-change?plan=vps-4`);
    expect(page.textOf('button[value=now]')).toBe('Upgrade and top up €6.12');
    const answer = await change('vps-4', { amount: '11.12', pay: 'now' });
    const [issued] = await unpaid();
    expect(answer.location).toBe(`/top-ups/new?amount=6.12&currency=EUR&pays=${issued.id}`);
    expect(await planOf()).toBe('vps-2');
  });

  it('a downgrade is credited and takes effect at once, and the statement says for which order (O8)', async () => {
    await visitor.get(`/orders/${orderId}/plan-change?plan=vps-1`);
    const page = await visitor.submit(`/orders/${orderId}/plan-change`, { plan: 'vps-1' });
    expect(page.text).toContain('€4.35 was credited to your balance');
    expect(await planOf()).toBe('vps-1');
    expect(await world.balanceOf(customer)).toBe('4.3500');
    const statement = await visitor.get('/balance?kind=plan_change_credit');
    expect(statement.$('#list tbody tr').first().text()).toContain(`Order ${orderId}`);
  });

  it('an open renewal is replaced by one at the new price, with the renewals of other orders on it (O8)', async () => {
    const other = await world.addActiveOrder(customer, { plan: 'vps-8' });
    await visitor.get('/orders/renewals');
    await visitor.post('/orders/renewals', { [`order[${orderId}]`]: '1', [`order[${other}]`]: '3' });
    const [before] = await unpaid();
    await change('vps-1');
    const [after, ...more] = await unpaid();
    expect(more).toEqual([]);
    expect(await world.invoice(before.id)).toMatchObject({ status: 'cancelled' });
    const lines = await world.db('invoice_lines').where({ invoice_id: after.id }).orderBy('order_id');
    expect(lines.map(({ order_id, months, amount }) => [order_id, months, amount])).toEqual([
      [orderId, 1, '5.0000'],
      [other, 3, '111.0000'],
    ]);
  });

  it('so it is when an upgrade is paid; the two cannot be paid together (O8)', async () => {
    await world.credit(customer, '100.00');
    const renewal = await world.issueRenewal(customer, orderId);
    await change('vps-4');
    const upgrade = (await unpaid()).find(({ id }) => id !== renewal.id);
    const both = await visitor.post('/invoices/payment', {
      invoice: [String(renewal.id), String(upgrade.id)],
    });
    expect(both.status).toBe(422);
    expect(both.$('.alert-bad').text()).toContain('replaces its renewal');
    await world.pay(customer, upgrade.id);
    expect(await world.invoice(renewal.id)).toMatchObject({ status: 'cancelled' });
    expect(await unpaid()).toMatchObject([{ total: '21.0000' }]);
  });

  it('an upgrade paid later credits the days that passed meanwhile (O8)', async () => {
    await world.credit(customer, '20.00');
    await change('vps-4');
    const [invoice] = await unpaid();
    setDay('2026-03-15');
    await world.pay(customer, invoice.id);
    // 11.12 × 25 ÷ 30 = 9.266…, so 1.853…, rounded down, comes back.
    expect(await world.balanceOf(customer)).toBe('10.7300');
  });

  it('an upgrade that waits is cancelled by another choice, and by a renewal that is paid (O8)', async () => {
    await world.credit(customer, '100.00');
    await change('vps-4');
    const [first] = await unpaid();
    await change('vps-8');
    expect(await world.invoice(first.id)).toMatchObject({ status: 'cancelled' });
    const [second] = await unpaid();
    const page = await visitor.get(`/orders/${orderId}/plan-change`);
    expect(page.$('.alert-info').text()).toContain(second.number);
    await world.pay(customer, (await world.issueRenewal(customer, orderId)).id);
    expect(await world.invoice(second.id)).toMatchObject({ status: 'cancelled' });
    expect(await planOf()).toBe('vps-2');
  });

  it('an upgrade is void once its order has ended or moved on otherwise (O8)', async () => {
    await world.credit(customer, '100.00');
    await change('vps-4');
    const [invoice] = await unpaid();
    await world.db('orders').where({ id: orderId }).update({ paid_months: 2, paid_until: '2026-05-09' });
    await expect(world.pay(customer, invoice.id)).rejects.toThrow(NothingToPayFor);
    await world.db('orders').where({ id: orderId }).update({ paid_months: 1, paid_until: '2026-04-09' });
    setDay('2026-04-10');
    await expect(world.pay(customer, invoice.id)).rejects.toThrow(NothingToPayFor);
    expect(await planOf()).toBe('vps-2');
  });

  it('an upgrade is not taken for less than it is worth when prices cross: it is reckoned anew (O8)', async () => {
    await world.credit(customer, '500.00');
    await visitor.get(`/orders/${orderId}/renewal`);
    await visitor.post(`/orders/${orderId}/renewal`, { months: '12' });
    await world.pay(customer, (await unpaid())[0].id);
    const price = world
      .db('plan_prices')
      .where({ plan_id: world.db('plans').where({ code: 'vps-4' }).select('id'), currency: 'EUR', months: 1 });
    await price.clone().update({ price: '1.00' });
    await change('vps-4');
    const [invoice] = await unpaid();
    setDay('2026-03-17');
    await expect(world.pay(customer, invoice.id)).rejects.toThrow(NothingToPayFor);
    await price.clone().update({ price: '21.00' });
    expect(await planOf()).toBe('vps-2');
  });

  it('two upgrades that share a renewal, paid together, replace it once (O8)', async () => {
    const other = await world.addActiveOrder(customer, { plan: 'vps-2' });
    await world.credit(customer, '100.00');
    await visitor.get('/orders/renewals');
    await visitor.post('/orders/renewals', { [`order[${orderId}]`]: '1', [`order[${other}]`]: '1' });
    const [renewal] = await unpaid();
    await change('vps-4');
    await visitor.post(`/orders/${other}/plan-change`, { plan: 'vps-4' });
    const upgrades = (await unpaid()).filter(({ id }) => id !== renewal.id).map(({ id }) => id);
    await world.pay(customer, ...upgrades);
    expect(await unpaid()).toMatchObject([{ total: '42.0000' }]);
    expect(await world.db('invoices').where({ customer_id: customer.customerId, status: 'cancelled' })).toHaveLength(1);
  });

  it('what cannot be renewed any more does not stand in the way of what shares its invoice (O8)', async () => {
    const other = await world.addActiveOrder(customer, { plan: 'vps-8' });
    await visitor.get('/orders/renewals');
    await visitor.post('/orders/renewals', { [`order[${orderId}]`]: '1', [`order[${other}]`]: '1' });
    await inTransaction(world.db, (trx) =>
      suspendOrder(trx, world.clock, { customerId: customer.customerId, orderId: other, reason: 'abuse' }),
    );
    await visitor.submit(`/orders/${orderId}/plan-change`, { plan: 'vps-1' });
    expect(await planOf()).toBe('vps-1');
    expect(await unpaid()).toMatchObject([{ total: '5.0000' }]);
  });

  it('a prepayment without a refund does not become refundable by changing the plan (O9)', async () => {
    await world.db('plans').where({ code: 'vps-1' }).update({ refunds_unused: true });
    expect((await change('vps-1')).status).toBe(404);
    await world.db('plans').where({ code: 'vps-1' }).update({ refunds_unused: false });
  });

  it('up and back on one day costs nothing; twice a day goes too (O8)', async () => {
    await world.credit(customer, '50.00');
    await change('vps-8');
    await world.pay(customer, (await unpaid())[0].id);
    await change('vps-2');
    expect(await world.balanceOf(customer)).toBe('50.0000');
    expect(await planOf()).toBe('vps-2');
  });

  it('just renewed for 12 months, the whole time paid for is reckoned, each period at its own price (O8)', async () => {
    await world.credit(customer, '200.00');
    await visitor.get(`/orders/${orderId}/renewal`);
    await visitor.post(`/orders/${orderId}/renewal`, { months: '12' });
    await world.pay(customer, (await unpaid())[0].id);
    const page = await visitor.get(`/orders/${orderId}/plan-change?plan=vps-4`);
    expect(page.$('tbody tr')).toHaveLength(2);
    // The month as before, and the year: 222.00 − 100.50 at today's prices.
    expect(page.amount('[data-total]')).toBe('132.62');
  });

  it('on the last day it costs nothing and holds from the next renewal on (O8)', async () => {
    setDay('2026-04-09');
    visitor = await world.signIn(customer);
    await visitor.get(`/orders/${orderId}/plan-change?plan=vps-16-nvme`);
    await visitor.submit(`/orders/${orderId}/plan-change`, { plan: 'vps-16-nvme' });
    expect(await planOf()).toBe('vps-16-nvme');
    const renewal = await world.issueRenewal(customer, orderId);
    expect(await world.invoice(renewal.id)).toMatchObject({ total: '89.0000' });
  });

  it('is not offered when overdue, suspended, ending or cancelled, and refused by request too (O5)', async () => {
    setDay('2026-04-10');
    visitor = await world.signIn(customer);
    expect((await visitor.get(`/orders/${orderId}/plan-change`)).status).toBe(422);
    expect((await change('vps-4')).status).toBe(422);
    setDay('2026-04-01');
    await visitor.post(`/orders/${orderId}/cancellation`, { when: 'period_end' });
    expect((await change('vps-4')).status).toBe(422);
    await visitor.post(`/orders/${orderId}/cancellation/undo`);
    await inTransaction(world.db, (trx) =>
      suspendOrder(trx, world.clock, { customerId: customer.customerId, orderId, reason: 'abuse' }),
    );
    expect((await change('vps-4')).status).toBe(422);
    expect((await visitor.get('/orders')).$(`tr[data-id=${orderId}]`).text()).not.toContain('Change plan');
    expect(await planOf()).toBe('vps-2');
  });

  it('another category, a sold-out plan, its own plan and a stranger’s order are not found (O8)', async () => {
    await world.db('plans').where({ code: 'vps-storage' }).update({ stock: 0 });
    for (const plan of ['ds-e-2276g', 'vps-storage', 'vps-2', 'nothing']) expect((await change(plan)).status).toBe(404);
    const stranger = await world.signIn(await world.addCustomer());
    expect((await stranger.get(`/orders/${orderId}/plan-change`)).status).toBe(404);
    await stranger.get('/orders');
    expect((await stranger.post(`/orders/${orderId}/plan-change`, { plan: 'vps-1' })).status).toBe(404);
  });

  it('a price that changed since it was shown is shown again first (O8)', async () => {
    await visitor.get(`/orders/${orderId}/plan-change?plan=vps-1`);
    const again = await change('vps-1', { amount: '-5.00' });
    expect(again.status).toBe(422);
    expect(again.$('.alert-bad').text()).toContain('−€4.35');
    expect(again.value('input[name=amount]')).toBe('-4.35');
    expect(await planOf()).toBe('vps-2');
  });

  it('32 downgrades of one order at once are credited once (O8)', async () => {
    const answers = await Promise.allSettled(
      Array.from({ length: 32 }, () =>
        changePlan(world.db, world.clock, world.config.seller, {
          customerId: customer.customerId,
          userId: null,
          orderId,
          plan: 'vps-1',
        }),
      ),
    );
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await world.balanceOf(customer)).toBe('4.3500');
  });
});

describe('cancelling at the end of the period', () => {
  it('keeps the order in service, cancels its unpaid invoices, and can be undone (O9)', async () => {
    const other = await world.addActiveOrder(customer, { plan: 'vps-8' });
    await visitor.get('/orders/renewals');
    await visitor.post('/orders/renewals', { [`order[${orderId}]`]: '1', [`order[${other}]`]: '1' });
    const page = await visitor.submit(`/orders/${orderId}/cancellation`, {
      when: 'period_end',
      reason: 'Moving',
    });
    expect(page.$('.alert-warn').text()).toContain('ends on Apr 9, 2026');
    expect(await world.order(orderId)).toMatchObject({
      status: 'active',
      ends_at_period: true,
      cancel_reason: 'Moving',
    });
    const lines = await world.db('invoice_lines').whereIn(
      'invoice_id',
      (await unpaid()).map(({ id }) => id),
    );
    expect(lines.map(({ order_id }) => order_id)).toEqual([other]);
    expect((await visitor.get('/orders')).$(`tr[data-id=${orderId}]`).text()).toContain('Ends Apr 9');
    const shown = await visitor.get(`/orders/${orderId}`);
    expect(shown.textOf('.heading .badge')).toBe('Ends Apr 9');
    expect(shown.$('.heading-actions .button[href$="/renewal"]')).toHaveLength(0);
    const undone = await visitor.submit(`/orders/${orderId}/cancellation/undo`);
    expect(undone.$('.alert-warn')).toHaveLength(0);
    expect(await world.order(orderId)).toMatchObject({ status: 'active', ends_at_period: false });
    // The renewal that the cancellation took with it is invoiced again.
    const restored = await world.db('invoice_lines').where({ order_id: orderId }).orderBy('id', 'desc').first();
    expect(restored).toMatchObject({ kind: 'renewal', months: 1 });
    expect(undone.textOf('.flash')).toContain((await world.invoice(restored.invoice_id)).number);
    expect((await unpaid()).map(({ id }) => id)).toContain(restored.invoice_id);
    expect((await visitor.post(`/orders/${orderId}/cancellation/undo`)).status).toBe(422);
  });

  it('who pays for another period keeps the order (O9)', async () => {
    await visitor.get(`/orders/${orderId}/cancellation`);
    await visitor.post(`/orders/${orderId}/cancellation`, { when: 'period_end' });
    await world.credit(customer, '9.50');
    await world.pay(customer, (await world.issueRenewal(customer, orderId)).id);
    expect(await world.order(orderId)).toMatchObject({ ends_at_period: false, paid_until: '2026-05-09' });
  });

  it('is undone for the own period of the order, where its plan is no longer sold for the renewal’s (O9)', async () => {
    await visitor.get('/orders');
    await visitor.post(`/orders/${orderId}/renewal`, { months: '12' });
    await visitor.get(`/orders/${orderId}/cancellation`);
    await visitor.post(`/orders/${orderId}/cancellation`, { when: 'period_end' });
    const { plan_id } = await world.order(orderId);
    const notSold = { plan_id, currency: 'EUR', months: 12 };
    const row = await world.db('plan_prices').where(notSold).first();
    await world.db('plan_prices').where(notSold).delete();
    await visitor.submit(`/orders/${orderId}/cancellation/undo`);
    await world.db('plan_prices').insert(row);
    expect(await world.order(orderId)).toMatchObject({ status: 'active', ends_at_period: false });
    const restored = await world.db('invoice_lines').where({ order_id: orderId }).orderBy('id', 'desc').first();
    expect(restored).toMatchObject({ kind: 'renewal', months: 1 });
  });

  it('is undone without an invoice for an order that was blocked meanwhile (O9)', async () => {
    await world.issueRenewal(customer, orderId);
    await visitor.get(`/orders/${orderId}/cancellation`);
    await visitor.post(`/orders/${orderId}/cancellation`, { when: 'period_end' });
    await inTransaction(world.db, (trx) =>
      suspendOrder(trx, world.clock, { customerId: customer.customerId, orderId, reason: 'abuse' }),
    );
    await visitor.get(`/orders/${orderId}`);
    expect((await visitor.post(`/orders/${orderId}/cancellation/undo`)).status).toBe(303);
    expect(await world.order(orderId)).toMatchObject({ status: 'suspended', ends_at_period: false });
    expect(await unpaid()).toEqual([]);
  });

  it('is not for an order that is overdue or awaits its payment (O9)', async () => {
    const waiting = await world.placeOrder(customer, { plan: 'vps-1' });
    await visitor.get('/orders');
    const later = { when: 'period_end' };
    expect((await visitor.post(`/orders/${waiting.orderId}/cancellation`, later)).status).toBe(422);
    setDay('2026-04-10');
    visitor = await world.signIn(customer);
    expect((await visitor.post(`/orders/${orderId}/cancellation`, later)).status).toBe(422);
    expect((await visitor.get(`/orders/${orderId}/cancellation`)).$('button[value=period_end]')).toHaveLength(0);
  });
});

describe('the settings of an order', () => {
  it('takes a name and a comment, shows them, finds by them, and keeps what was typed wrong (O1)', async () => {
    await visitor.get(`/orders/${orderId}`);
    await visitor.submit(`/orders/${orderId}/comment`, { comment: 'Магазин', service_name: 'shop' });
    expect(await world.order(orderId)).toMatchObject({ comment: 'Магазин', service_name: 'shop' });
    expect((await visitor.get('/orders?q=магаз')).$('tr[data-id]')).toHaveLength(1);
    await visitor.get(`/orders/${orderId}`);
    const bad = await visitor.post(`/orders/${orderId}/comment`, { comment: 'x'.repeat(501) });
    expect(bad.status).toBe(422);
    expect(bad.value('#comment')).toHaveLength(501);
    expect(bad.$('#comment-error')).toHaveLength(1);
    await visitor.submit(`/orders/${orderId}/comment`, { comment: '' });
    expect(await world.order(orderId)).toMatchObject({ comment: '', service_name: 'shop' });
  });

  it('auto-renewal is as the account has it until it is chosen for the order (O5)', async () => {
    const shown = async () =>
      (await visitor.get(`/orders/${orderId}`)).value('.segments button[aria-pressed=true][name=enabled]');
    expect(await shown()).toBe('account');
    await visitor.submit(`/orders/${orderId}/auto-renewal`, { enabled: 'on' });
    expect(await shown()).toBe('on');
    expect(await world.order(orderId)).toMatchObject({ auto_renewal: true });
    await visitor.submit(`/orders/${orderId}/auto-renewal`, { enabled: 'account' });
    expect(await world.order(orderId)).toMatchObject({ auto_renewal: null });
    const waiting = await world.placeOrder(customer, { plan: 'vps-1' });
    expect((await visitor.post(`/orders/${waiting.orderId}/auto-renewal`, { enabled: 'on' })).status).toBe(422);
  });
});
