import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inTransaction } from '../../src/platform/db/transaction.ts';
import { Money } from '../../src/domain/money/money.ts';
import { issueInvoice } from '../../src/domain/invoices/issue-invoice.ts';
import { getRunway } from '../../src/domain/orders/runway-queries.ts';
import { changePlan } from '../../src/domain/plan-changes/change-plan.ts';
import { NOW } from '../support/clock.ts';
import type { Page } from '../support/page.ts';
import type { TestCustomer } from '../support/people.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
let customer: TestCustomer;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  world.clock.set(NOW);
  customer = await world.addCustomer();
});

/** The present step and its button. */
const presentStep = (page: Page) => [page.textOf('.step-now h2'), page.textOf('.step-now .button')];
const sumOf = (amounts: string[]) => amounts.reduce((sum, amount) => sum + Number(amount), 0);

const runway = (balance: string) =>
  getRunway(world.db, {
    customerId: customer.customerId,
    balance: Money.of(balance, 'EUR'),
    today: world.clock.today(),
  });

describe('how long the balance lasts', () => {
  it('is until the first renewal that it does not cover, counted from the anchor day', async () => {
    const first = await world.addActiveOrder(customer, { plan: 'vps-1' });
    const second = await world.addActiveOrder(customer, { plan: 'vps-2', months: 3 });
    // €5.00 on 9 April, May and June; on 9 June also €27.00.
    expect((await runway('4.99')).runsOut).toMatchObject({ day: '2026-04-09', orderId: first });
    expect((await runway('10.00')).runsOut).toMatchObject({ day: '2026-06-09', orderId: first });
    const { runsOut } = await runway('20.00');
    expect(runsOut).toMatchObject({ day: '2026-06-09', orderId: second });
    expect(runsOut?.after.toString()).toBe('-22 EUR');
  });

  it('covers a year when it covers every renewal of it', async () => {
    await world.addActiveOrder(customer, { plan: 'vps-1' });
    expect(await runway('59.99')).toMatchObject({ renewals: 12, runsOut: { day: '2027-03-09' } });
    expect((await runway('60.00')).runsOut).toBeNull();
    expect(
      await getRunway(world.db, {
        customerId: (await world.addCustomer()).customerId,
        balance: Money.of('1', 'EUR'),
        today: '2026-03-10',
      }),
    ).toEqual({ renewals: 0, next: [], runsOut: null });
  });

  it('counts what is overdue as due today', async () => {
    const orderId = await world.addActiveOrder(customer, { plan: 'vps-1' });
    world.clock.set('2026-04-12T12:00:00Z');
    expect((await runway('0.00')).runsOut).toMatchObject({ day: '2026-04-12', orderId });
  });
});

describe('the dashboard', () => {
  it('shows what to pay, how long the balance lasts, what ends, the last operations and what is missing', async () => {
    const orderId = await world.addActiveOrder(customer, { plan: 'vps-1' });
    await world.issueRenewal(customer, orderId);
    await world.credit(customer, '7.00');
    world.clock.set('2026-04-05T12:00:00Z');
    await world.db('customers').where({ id: customer.customerId }).update({ phone: '' });
    const page = await (await world.signIn(customer)).get('/');
    expect(page.amounts('.figure')).toEqual(['5.00', '7.00']);
    expect(page.textOf('[data-runway]')).toBe(
      `After paying, it covers your renewals until May 8. On May 9 order ${orderId} needs €3.00 more.`,
    );
    expect(page.$('.alert-warn').text()).toContain('Phone');
    expect(page.text).toContain(`/orders/${orderId}`);
    expect(page.$('.bars rect')).toHaveLength(12);
  });

  it('offers to pay together what can be, and says why a replaced renewal is left out (O8, I7)', async () => {
    const orderId = await world.addActiveOrder(customer, { plan: 'vps-1' });
    const renewal = await world.issueRenewal(customer, orderId);
    const { invoice } = await changePlan(world.db, world.clock, world.config.seller, {
      customerId: customer.customerId,
      userId: null,
      orderId,
      plan: 'vps-2',
    });
    const other = await world.placeOrder(customer, { plan: 'vps-1' });
    await world.credit(customer, '100.00');
    const visitor = await world.signIn(customer);
    const page = await visitor.get('/');
    const address = page.link('.card-foot .button');
    expect(address).toBe(`/invoices/payment?invoice=${invoice?.id}&invoice=${other.invoice.id}`);
    expect(page.$('[data-replaced]').text()).toContain(renewal.number);
    const review = await visitor.get(address);
    expect(review.$('.alert-bad')).toHaveLength(0);
    const ids = review.values('input[name=invoice]');
    expect((await visitor.post('/invoices/payment', { invoice: ids })).status).toBe(303);
    expect(await world.invoice(renewal.id)).toMatchObject({ status: 'cancelled' });
  });

  it('counts a renewal that its plan change replaces neither as due nor in how long the balance lasts (O8)', async () => {
    const orderId = await world.addActiveOrder(customer, { plan: 'vps-1' });
    await world.issueRenewal(customer, orderId);
    const { invoice } = await changePlan(world.db, world.clock, world.config.seller, {
      customerId: customer.customerId,
      userId: null,
      orderId,
      plan: 'vps-2',
    });
    const { total } = await world.invoice(Number(invoice?.id));
    await world.credit(customer, total);
    const page = await (await world.signIn(customer)).get('/');
    expect(page.$('.card-foot .button').text()).toContain('Pay');
    expect(page.textOf('[data-runway]')).toBe(`After paying, order ${orderId} needs €5.00 more on Apr 9.`);
  });

  it('pays at most 100 together, those due first, at the total that is shown (I7)', async () => {
    const [template] = await world
      .db('invoices')
      .where({ id: (await world.placeOrder(customer, { plan: 'vps-1' })).invoice.id })
      .select('id', 'order_ids');
    const [orderId] = template.order_ids.map(Number);
    for (let more = 0; more < 101; more++)
      await inTransaction(world.db, (trx) =>
        issueInvoice(trx, world.clock, {
          customerId: customer.customerId,
          kind: 'service',
          currency: 'EUR',
          dueOn: world.daysFromToday(more + 8),
          seller: world.config.seller,
          lines: [
            {
              kind: 'setup_fee',
              orderId,
              months: null,
              periodFrom: null,
              periodTo: null,
              amount: Money.of('1.00', 'EUR'),
              details: {},
            },
          ],
        }),
      );
    await world.addActiveOrder(customer, { plan: 'vps-1' });
    await world.credit(customer, '200.00');
    const page = await (await world.signIn(customer)).get('/');
    expect(page.textOf('.card-foot .button')).toBe('Pay €104.00');
    expect(new URL(page.link('.card-foot .button'), world.url).searchParams.getAll('invoice')).toHaveLength(100);
    expect(page.$('[data-first]').text()).toContain('At most 100');
  });

  it('of somebody new has three steps, of which the present one has the button, until an order is paid', async () => {
    const visitor = await world.signIn(customer);
    expect(presentStep(await visitor.get('/'))).toEqual(['Order a server', 'See plans']);
    await world.db('customers').where({ id: customer.customerId }).update({ phone: '' });
    expect(presentStep(await visitor.get('/'))).toEqual(['Complete your profile', 'Complete the profile']);
    await world.db('customers').where({ id: customer.customerId }).update({ phone: '+48 22 123 45 67' });
    const { invoice } = await world.placeOrder(customer, { plan: 'vps-1' });
    const last = await visitor.get('/');
    expect(presentStep(last)).toEqual(['Pay the invoice', 'Pay €5.00']);
    expect(last.link('.step-now .button')).toBe(`/invoices/${invoice.id}`);
    await world.credit(customer, '5.00');
    await world.pay(customer, invoice.id);
    expect((await visitor.get('/')).$('h1').text()).toBe('Dashboard');
  });

  it('says nothing where there is nothing to say', async () => {
    const orderId = await world.addActiveOrder(customer, { plan: 'vps-1' });
    await world.db('orders').where({ id: orderId }).update({ ends_at_period: true });
    const page = await (await world.signIn(customer)).get('/');
    expect(page.text).toContain('Nothing to pay.');
    expect(page.text).toContain('Nothing expires within 7 days.');
    expect(page.$('[data-runway]')).toHaveLength(0);
  });

  it('has figures that add up: what is due, what is left, and each renewal after it', async () => {
    for (const plan of ['vps-1', 'vps-2', 'vps-8'])
      await world.issueRenewal(customer, await world.addActiveOrder(customer, { plan }));
    await world.addActiveOrder(customer, { plan: 'vps-4' });
    await world.credit(customer, '100.00');
    const page = await (await world.signIn(customer)).get('/');
    const [due, balance] = page.amounts('.figure').map(Number);
    expect(sumOf(page.amounts('.due tbody'))).toBe(due);
    let left = (balance ?? 0) - (due ?? 0);
    for (const row of page.$('[aria-labelledby=balance-card] tbody tr').toArray()) {
      const [price, after] = page
        .$(row)
        .find('data')
        .toArray()
        .map((data) => Number(page.$(data).attr('value')));
      left += price ?? 0;
      expect(after).toBe(left);
    }
    const sentence = page.amounts('[data-runway]').map(Number);
    expect(sentence).toEqual(left < 0 ? [-left] : []);
    expect(page.textOf('.lead, [data-runway]')).toContain('After paying');
  });
});
