import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addDays, type Day } from '../../../src/platform/clock.ts';
import { insertRow } from '../../../src/platform/db/insert-rows.ts';
import { inTransaction } from '../../../src/platform/db/transaction.ts';
import { renewOrders } from '../../../src/domain/renewals/renew-orders.ts';
import { suspendOrder } from '../../../src/domain/renewals/suspend-order.ts';
import { changePlan } from '../../../src/domain/plan-changes/change-plan.ts';
import { cancelAtPeriodEnd } from '../../../src/domain/cancellations/cancel-at-period-end.ts';
import { retryFailure } from '../../../src/domain/billing/retry-failure.ts';
import { runDay } from '../../../src/domain/billing/run-day.ts';
import { leaveOut } from '../../../src/domain/staff/leave-out.ts';
import { breakInserts } from '../../support/break-inserts.ts';
import { expectInvariants } from '../../support/invariants.ts';
import type { TestCustomer } from '../../support/people.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let customer: TestCustomer;
beforeEach(async () => {
  world = await createWorld({ pool: 20 });
  customer = await world.addCustomer();
});
afterEach(async () => {
  await expectInvariants(world);
  await world.close();
});

const run = (day: Day, at = world) => at.runCalendarOn(day);
/** Every day from one to another. */
async function runFrom(first: Day, last: Day, at = world) {
  for (let day = first; day <= last; day = addDays(day, 1)) await run(day, at);
}
/** Starts a run of a day. @returns what plays the day; played several times at once, no lock keeps them apart */
async function startRun(day: Day): Promise<() => Promise<void>> {
  const { db, clock, config } = world;
  const started = { day, at_day: day, started_by: 'staff', started_at: clock.now() };
  const runId = await insertRow(db, 'billing_runs', started);
  return () => runDay({ db, clock, seller: config.seller, runId, day });
}
const invoicesOf = ({ customerId }: TestCustomer) =>
  world.db('invoices').where({ customer_id: customerId, kind: 'service' }).orderBy('id', 'desc');
const mailsOf = ({ customerId }: TestCustomer, at = world): Promise<string[]> =>
  at.db('mails').where({ customer_id: customerId }).orderBy('id').pluck('kind');
const autoRenew = (orderId: number, enabled: boolean | null = true) =>
  world.db('orders').where({ id: orderId }).update({ auto_renewal: enabled });

describe('renewal invoices', () => {
  it('are issued once, 5 days before the paid-until date, at the order’s period and price (B1)', async () => {
    const orderId = await world.addActiveOrder(customer, { plan: 'vps-2', months: 3 });
    expect(await world.order(orderId)).toMatchObject({ paid_until: '2026-06-09' });
    expect((await run('2026-06-03')).counts).toEqual({});
    expect((await run('2026-06-04')).counts).toMatchObject({ issued: 1 });
    const [invoice] = await invoicesOf(customer);
    expect(invoice).toMatchObject({
      status: 'unpaid',
      total: '27.0000',
      due_on: '2026-06-09',
      period_months: 3,
    });
    const line = await world.db('invoice_lines').where({ invoice_id: invoice.id }).first();
    expect(line).toMatchObject({
      kind: 'renewal',
      period_from: '2026-06-10',
      period_to: '2026-09-09',
      months: 3,
    });
    expect(invoice.buyer).toMatchObject({
      firstName: 'Anna',
      city: 'Warszawa',
      customerId: customer.customerId,
    });
    await run('2026-06-04');
    await run('2026-06-05');
    expect(await invoicesOf(customer)).toHaveLength(2);
  });

  it('are not issued beside one that the customer made, nor again when the customer cancelled it (B1)', async () => {
    const orderId = await world.addActiveOrder(customer);
    const own = await world.issueRenewal(customer, orderId);
    expect((await run('2026-04-04')).counts['issued']).toBeUndefined();
    await world.db('invoices').where({ id: own.id }).update({ status: 'cancelled', cancelled_at: world.clock.now() });
    expect((await run('2026-04-05')).counts['issued']).toBeUndefined();
  });

  it('are issued once by four runs of one day at once (B6)', async () => {
    for (let order = 0; order < 30; order++) await world.addActiveOrder(customer);
    await world.openConnections();
    const playDay = await startRun('2026-04-04');
    await Promise.all(Array.from({ length: 4 }, () => playDay()));
    expect((await invoicesOf(customer)).filter(({ status }) => status === 'unpaid')).toHaveLength(30);
    expect((await mailsOf(customer)).filter((kind) => kind === 'reminder')).toHaveLength(30);
    expect(await world.db('billing_failures')).toEqual([]);
  });
});

describe('auto-renewal', () => {
  it('pays the renewal from the balance when it covers it whole, and says so (B2)', async () => {
    const orderId = await world.addActiveOrder(customer, { plan: 'vps-2' });
    await autoRenew(orderId);
    await world.credit(customer, '9.50');
    expect((await run('2026-04-04')).counts).toMatchObject({ issued: 1, paid: 1 });
    expect(await world.order(orderId)).toMatchObject({ paid_until: '2026-05-09', paid_months: 2 });
    expect(await world.balanceOf(customer)).toBe('0.0000');
    expect((await mailsOf(customer)).at(-1)).toBe('order_renewed');
  });

  it('pays nothing in part, tells once what is missing, and pays as soon as the money is there (B2)', async () => {
    const orderId = await world.addActiveOrder(customer, { plan: 'vps-2' });
    await autoRenew(orderId);
    await world.credit(customer, '9.49');
    expect((await run('2026-04-04')).counts).toMatchObject({ issued: 1, renewal_failed: 1 });
    await run('2026-04-05');
    const told = await world.db('mails').where({ kind: 'renewal_failed' });
    expect(told.map(({ data }) => data.missing)).toEqual([{ amount: '0.01', currency: 'EUR' }]);
    await world.credit(customer, '0.01');
    expect((await run('2026-04-06')).counts).toMatchObject({ paid: 1 });
    expect(await world.order(orderId)).toMatchObject({ paid_until: '2026-05-09' });
  });

  it('follows the account, unless the order says otherwise (B2)', async () => {
    await world.db('customers').where({ id: customer.customerId }).update({ auto_renewal: true });
    const follows = await world.addActiveOrder(customer, { plan: 'vps-1' });
    const refuses = await world.addActiveOrder(customer, { plan: 'vps-1' });
    await autoRenew(refuses, false);
    await world.credit(customer, '100.00');
    await run('2026-04-04');
    expect(await world.order(follows)).toMatchObject({ paid_until: '2026-05-09' });
    expect(await world.order(refuses)).toMatchObject({ paid_until: '2026-04-09' });
  });

  it('pays each renewal once, while its customer pays it too, and two runs are at it (I5, B2)', async () => {
    const orders: number[] = [];
    for (let order = 0; order < 16; order++) {
      orders.push(await world.addActiveOrder(customer, { plan: 'vps-1' }));
      await autoRenew(orders.at(-1) as number);
    }
    await runFrom('2026-04-04', '2026-04-05');
    await world.credit(customer, '160.00');
    const unpaid = (await invoicesOf(customer)).filter(({ status }) => status === 'unpaid');
    const playDay = await startRun('2026-04-05');
    await world.openConnections();
    const payments = unpaid.map(({ id }) => world.pay(customer, id));
    await Promise.allSettled([playDay(), playDay(), ...payments]);
    expect(await world.db('billing_failures')).toEqual([]);
    for (const id of orders) expect(await world.order(id)).toMatchObject({ paid_months: 2 });
    expect(await world.balanceOf(customer)).toBe('80.0000');
  });

  it('pays what is due first, and with what is left what it covers (B2)', async () => {
    const dear = await world.addActiveOrder(customer, { plan: 'vps-8' });
    const cheap = await world.addActiveOrder(customer, { plan: 'vps-1' });
    for (const id of [dear, cheap]) await autoRenew(id);
    await world.credit(customer, '20.00');
    expect((await run('2026-04-04')).counts).toMatchObject({ paid: 1, renewal_failed: 1 });
    expect(await world.order(cheap)).toMatchObject({ paid_until: '2026-05-09' });
    expect(await world.balanceOf(customer)).toBe('15.0000');
  });

  it('pays nothing for a customer whose profile is incomplete (P1, B2)', async () => {
    const orderId = await world.addActiveOrder(customer);
    await autoRenew(orderId);
    await world.credit(customer, '100.00');
    await world.db('customers').where({ id: customer.customerId }).update({ phone: '' });
    expect((await run('2026-04-04')).counts).toMatchObject({ renewal_failed: 1 });
    expect(await world.order(orderId)).toMatchObject({ paid_until: '2026-04-09' });
    const [told] = await world.db('mails').where({ kind: 'renewal_blocked' });
    expect(told.data).toMatchObject({ fields: ['phone'], suspended_on: '2026-04-13' });
  });

  it('a suspended order comes back as soon as the money is there (O7, B2)', async () => {
    const orderId = await world.addActiveOrder(customer, { plan: 'vps-2' });
    await autoRenew(orderId);
    await runFrom('2026-04-04', '2026-04-13');
    expect(await world.order(orderId)).toMatchObject({ status: 'suspended' });
    await world.credit(customer, '9.50');
    await run('2026-04-14');
    expect(await world.order(orderId)).toMatchObject({
      status: 'active',
      suspended_for: null,
      paid_until: '2026-05-09',
    });
    expect((await mailsOf(customer)).at(-1)).toBe('resumed');
  });
});

describe('reminders, suspension and the end', () => {
  it('come 5 and 1 days before, 1 day and 4 days after, and 14 days after that (B3, B4)', async () => {
    const orderId = await world.addActiveOrder(customer, { plan: 'vps-2' });
    await world.db('mails').update({ state: 'kept' });
    const happened: Record<Day, string[]> = {};
    for (let day = '2026-04-01'; day <= '2026-04-30'; day = addDays(day, 1)) {
      const before = (await mailsOf(customer)).length;
      await run(day);
      const fresh = (await mailsOf(customer)).slice(before);
      if (fresh.length > 0) happened[day] = fresh;
    }
    expect(happened).toEqual({
      '2026-04-04': ['reminder'],
      '2026-04-08': ['reminder'],
      '2026-04-10': ['overdue'],
      '2026-04-13': ['suspended'],
      '2026-04-27': ['cancelled'],
    });
    const [reminder] = await world.db('mails').where({ kind: 'reminder' });
    expect(reminder.data).toMatchObject({
      paid_until: '2026-04-09',
      suspended_on: '2026-04-13',
      cancelled_on: '2026-04-27',
    });
    expect(await world.order(orderId)).toMatchObject({ status: 'cancelled' });
    expect((await invoicesOf(customer))[0]).toMatchObject({ status: 'cancelled' });
  });

  it('never suspends an order that was paid, even at the same moment (B4)', async () => {
    const orders: number[] = [];
    for (let order = 0; order < 12; order++) orders.push(await world.addActiveOrder(customer, { plan: 'vps-1' }));
    await runFrom('2026-04-04', '2026-04-12');
    await world.credit(customer, '60.00');
    const unpaid = (await invoicesOf(customer)).filter(({ status }) => status === 'unpaid');
    await world.openConnections();
    await Promise.all([run('2026-04-13'), ...unpaid.map(({ id }) => world.pay(customer, id))]);
    for (const id of orders)
      expect(await world.order(id)).toMatchObject({ status: 'active', paid_until: '2026-05-09' });
  });

  it('gives an order that is found long overdue the whole time between suspension and cancellation (B4)', async () => {
    const orderId = await world.addActiveOrder(customer);
    expect((await run('2026-05-20')).counts).toMatchObject({ suspended: 1 });
    expect(await world.order(orderId)).toMatchObject({ status: 'suspended', suspended_on: '2026-05-20' });
    const [told] = await world.db('mails').where({ kind: 'suspended' });
    expect(told.data).toMatchObject({ cancelled_on: '2026-06-03' });
    await runFrom('2026-05-21', '2026-06-02');
    expect(await world.order(orderId)).toMatchObject({ status: 'suspended' });
    await run('2026-06-03');
    expect(await world.order(orderId)).toMatchObject({ status: 'cancelled' });
  });

  it('a reminder that could not be written on its day is written on the next (B3)', async () => {
    await world.addActiveOrder(customer);
    await breakInserts(world.owner, 'mails', `raise exception 'no mail today'`);
    expect((await run('2026-04-04')).failures).toBe(1);
    await world.owner.raw('drop trigger test_break on mails');
    expect((await run('2026-04-05')).counts).toMatchObject({ reminded: 1 });
    expect((await mailsOf(customer)).at(-1)).toBe('reminder');
  });

  it('invoices of new orders unpaid after 7 days are cancelled with their orders (B5)', async () => {
    const { orderId, invoice } = await world.placeOrder(customer);
    await run('2026-03-17');
    expect(await world.invoice(invoice.id)).toMatchObject({ status: 'unpaid' });
    await run('2026-03-18');
    expect(await world.invoice(invoice.id)).toMatchObject({ status: 'cancelled' });
    expect(await world.order(orderId)).toMatchObject({ status: 'cancelled' });
  });

  it('an order that its customer ended is not renewed, nor reminded of, and ends with its period (O9)', async () => {
    const orderId = await world.addActiveOrder(customer);
    await cancelAtPeriodEnd(world.db, world.clock, {
      customerId: customer.customerId,
      userId: null,
      orderId,
      reason: 'Moving',
    });
    await runFrom('2026-04-03', '2026-04-09');
    expect(await world.order(orderId)).toMatchObject({ status: 'active' });
    await run('2026-04-10');
    expect(await world.order(orderId)).toMatchObject({ status: 'cancelled', cancel_reason: 'Moving' });
    expect(await mailsOf(customer)).not.toContain('reminder');
    expect(await invoicesOf(customer)).toHaveLength(1);
  });

  it('an upgrade that is not paid in time is off (O8)', async () => {
    const orderId = await world.addActiveOrder(customer, { plan: 'vps-2' });
    const { invoice } = await changePlan(world.db, world.clock, world.config.seller, {
      customerId: customer.customerId,
      userId: null,
      orderId,
      plan: 'vps-4',
    });
    await run('2026-03-18');
    expect(await world.invoice(invoice?.id ?? 0)).toMatchObject({ status: 'cancelled' });
    expect(await world.order(orderId)).toMatchObject({ status: 'active' });
  });
});

describe('what several orders share', () => {
  const renewTogether = (...orderIds: number[]) =>
    renewOrders(world.db, world.clock, world.config.seller, {
      customerId: customer.customerId,
      renewals: orderIds.map((orderId) => ({ orderId })),
    });

  it('an invoice for several orders is paid whole when all of them renew themselves (B2)', async () => {
    const orders = [await world.addActiveOrder(customer), await world.addActiveOrder(customer)];
    for (const id of orders) await autoRenew(id);
    await renewTogether(...orders);
    await world.credit(customer, '19.00');
    expect((await run('2026-04-04')).counts).toMatchObject({ paid: 2 });
    for (const id of orders) expect(await world.order(id)).toMatchObject({ paid_until: '2026-05-09' });
    expect(await world.balanceOf(customer)).toBe('0.0000');
  });

  it('where it is not paid by itself, each is reminded of, with its own price (B3)', async () => {
    const [first, second] = [await world.addActiveOrder(customer), await world.addActiveOrder(customer)];
    await autoRenew(first);
    await renewTogether(first, second);
    await world.credit(customer, '100.00');
    expect((await run('2026-04-04')).counts).toEqual({ reminded: 2 });
    const told = await world.db('mails').where({ kind: 'reminder' });
    expect(told.map(({ data }) => data.total.amount)).toEqual(['9.5', '9.5']);
  });

  it('when one of them is renewed alone, or is blocked, the other keeps its renewal (B1)', async () => {
    for (const separate of [
      (id: number) => renewTogether(id),
      (orderId: number) =>
        inTransaction(world.db, (trx) =>
          suspendOrder(trx, world.clock, { customerId: customer.customerId, orderId, reason: 'abuse' }),
        ),
    ]) {
      world.clock.set('2026-03-10T12:00:00Z');
      const [one, other] = [await world.addActiveOrder(customer), await world.addActiveOrder(customer)];
      await autoRenew(other);
      await renewTogether(one, other);
      await run('2026-04-04');
      await separate(one);
      await world.credit(customer, '9.50');
      await run('2026-04-05');
      expect(await world.order(other)).toMatchObject({ status: 'active', paid_until: '2026-05-09' });
    }
  });

  it('tells of the order whose period ends first, once for each period, and of each reason (B2)', async () => {
    const late = await world.addActiveOrder(customer, { months: 3 });
    const early = await world.addActiveOrder(customer);
    for (const id of [late, early]) await autoRenew(id);
    await renewTogether(late, early);
    await world.db('customers').where({ id: customer.customerId }).update({ phone: '' });
    await run('2026-04-04');
    await world.db('customers').where({ id: customer.customerId }).update({ phone: '+48 22 555 01 23' });
    await run('2026-04-05');
    const told = await world.db('mails').whereIn('kind', ['renewal_blocked', 'renewal_failed']).orderBy('id');
    expect(told.map(({ kind, data }) => [kind, data.paid_until])).toEqual([
      ['renewal_blocked', '2026-04-09'],
      ['renewal_failed', '2026-04-09'],
    ]);
    expect(await world.db('renewal_notices').where({ order_id: late })).toEqual([]);
  });

  it('when one of them ends, the others are invoiced again (B4)', async () => {
    const early = await world.addActiveOrder(customer);
    world.clock.set('2026-03-28T12:00:00Z');
    const late = await world.addActiveOrder(customer);
    await autoRenew(late);
    await renewTogether(early, late);
    await runFrom('2026-04-05', '2026-04-27');
    expect(await world.order(early)).toMatchObject({ status: 'cancelled' });
    const [invoice] = await invoicesOf(customer);
    expect(invoice).toMatchObject({ status: 'unpaid', order_ids: [String(late)] });
    await world.credit(customer, '9.50');
    await run('2026-04-28');
    expect(await world.order(late)).toMatchObject({ status: 'active', paid_until: '2026-05-27' });
  });
});

describe('a run', () => {
  it('after a week’s pause ends in the same state as one every day (B6)', async () => {
    const other = await createWorld();
    const story = async (at: World) => {
      at.clock.set('2026-03-10T12:00:00Z');
      const person = await at.addCustomer({ balance: '20.00' });
      const ids: number[] = [];
      for (const plan of ['vps-1', 'vps-2', 'vps-4']) ids.push(await at.addActiveOrder(person, { plan }));
      await at.db('orders').where({ id: ids[0] }).update({ auto_renewal: true });
      return { person, ids };
    };
    const [daily, paused] = [await story(world), await story(other)];
    await run('2026-04-03');
    await run('2026-04-03', other);
    await runFrom('2026-04-04', '2026-04-14');
    expect((await run('2026-04-14', other)).days).toHaveLength(11);
    const state = async (at: World, { person, ids }: typeof daily) => ({
      orders: await at
        .db('orders')
        .whereIn('id', ids)
        .orderBy('id')
        .select('status', 'suspended_for', 'paid_until', 'paid_months'),
      invoices: await at
        .db('invoices')
        .where({ customer_id: person.customerId })
        .orderBy('id')
        .select('status', 'total', 'due_on'),
      balance: await at.balanceOf(person),
      mails: (await mailsOf(person, at)).toSorted(),
    });
    expect(await state(other, paused)).toEqual(await state(world, daily));
    await expectInvariants(other);
    await other.close();
  });

  it('reminds for the second time as many days before the end as the category says (B3)', async () => {
    await world.db('categories').where({ code: 'vps' }).update({ remind_days: 3 });
    await world.addActiveOrder(customer);
    const remindedOn = async (day: Day) => (await run(day)).counts['reminded'] ?? 0;
    expect([await remindedOn('2026-04-04'), await remindedOn('2026-04-05')]).toEqual([1, 0]);
    expect([await remindedOn('2026-04-06'), await remindedOn('2026-04-07')]).toEqual([1, 0]);
    expect([await remindedOn('2026-04-08'), await remindedOn('2026-04-09')]).toEqual([0, 0]);
  });

  it('does nothing to an order that staff left out, and on the day after what is due by then', async () => {
    const orderId = await world.addActiveOrder(customer);
    const other = await world.addActiveOrder(customer);
    const by = (await world.addStaff('admin')).userId;
    const leave = (until: Day | null) =>
      leaveOut(world.db, world.clock, { by, orderId, until, reason: until ? 'In court' : '' });
    await leave('2026-05-01');
    await runFrom('2026-04-01', '2026-05-01');
    expect(await world.order(orderId)).toMatchObject({ status: 'active', renewal_issued_for: null });
    expect(await world.order(other)).toMatchObject({ status: 'cancelled' });
    await run('2026-05-02');
    expect(await world.order(orderId)).toMatchObject({ status: 'suspended' });
    await leave('2026-06-30');
    await runFrom('2026-05-03', '2026-05-20');
    expect(await world.order(orderId)).toMatchObject({ status: 'suspended' });
    await leave(null);
    expect((await run('2026-05-21')).counts).toMatchObject({ cancelled: 1 });
  });

  it('does what is due today when an old failure is tried again: a suspension counts from today', async () => {
    const orderId = await world.addActiveOrder(customer);
    world.clock.set('2026-04-25T08:00:00Z');
    const at = world.clock.now();
    const runId = await insertRow(world.db, 'billing_runs', {
      day: '2026-04-13',
      at_day: '2026-04-13',
      state: 'done',
      started_by: 'schedule',
      started_at: at,
      finished_at: at,
    });
    const about = { run_id: runId, day: '2026-04-13', customer_id: customer.customerId, subject_id: orderId };
    const failureId = await insertRow(world.db, 'billing_failures', { ...about, at, step: 'suspended', message: 'No' });
    const by = (await world.addStaff('admin')).userId;
    expect(await retryFailure(world.db, world.clock, world.config.seller, { failureId, by })).toBeNull();
    expect(await world.order(orderId)).toMatchObject({ status: 'suspended', suspended_on: '2026-04-25' });
  });

  it('reports a customer whose data is broken, and goes on with the others', async () => {
    const orders: number[] = [];
    const people = [customer];
    for (let person = 0; person < 9; person++) people.push(await world.addCustomer());
    for (const person of people) orders.push(await world.addActiveOrder(person));
    const broken = people[4] as TestCustomer;
    await breakInserts(
      world.owner,
      'invoices',
      `if new.customer_id = ${broken.customerId} then raise exception 'this customer is broken'; end if`,
    );
    const { counts, failures, runId } = await run('2026-04-04');
    expect(counts['issued']).toBe(9);
    expect(failures).toBe(1);
    const [failure] = await world.db('billing_failures').where({ run_id: runId });
    expect(failure).toMatchObject({ step: 'issued', customer_id: broken.customerId, subject_id: orders[4] });
    expect(failure.message).toContain('this customer is broken');
    await world.owner.raw('drop trigger test_break on invoices');
    expect((await run('2026-04-04')).counts['issued']).toBe(1);
  });
});
