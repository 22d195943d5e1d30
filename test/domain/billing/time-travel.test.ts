import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addDays, addMonths, type Day } from '../../../src/platform/clock.ts';
import { inTransaction } from '../../../src/platform/db/transaction.ts';
import { Refusal } from '../../../src/domain/errors.ts';
import { issueRenewalInvoice } from '../../../src/domain/renewals/issue-renewal-invoice.ts';
import { changePlan } from '../../../src/domain/plan-changes/change-plan.ts';
import { expectInvariants } from '../../support/invariants.ts';
import type { TestCustomer } from '../../support/people.ts';
import { createWorld, type World } from '../../support/world.ts';

/** Berlin changes its clocks on 29 March and 25 October 2026, and again in 2027 and 2028; 2028 is a leap year. */
const ZONE = 'Europe/Berlin';
const FIRST: Day = '2026-03-25';
const LAST: Day = '2028-04-05';
/** A week in which nothing ran. */
const PAUSE = { from: '2027-01-25', to: '2027-02-01' };

let world: World;
let customer: TestCustomer;
/** The customer's orders, in the order of their activation. */
const orders: number[] = [];
/** What was wrong with them on some day. */
const wrong: string[] = [];

/** What the customer does, by days: activations on the last days of months, and on a leap day. */
const ACTIONS: Record<Day, () => Promise<unknown>> = {
  '2026-03-28': () => activate('vps-1', 1),
  '2026-03-29': () => activate('vps-1', 1),
  '2026-03-30': () => activate('vps-1', 1),
  '2026-03-31': () => activate('vps-1', 1),
  '2026-05-31': () => activate('vps-2', 3),
  '2026-06-15': () => changePlanOfFifthOrder(),
  '2026-10-25': () => activate('vps-1', 1),
  '2026-12-01': () => renewFirstOrderEarly(),
  '2028-02-29': () => activate('vps-1', 1),
};

beforeAll(async () => {
  world = await createWorld({ environment: { TIME_ZONE: ZONE } });
  customer = await world.addCustomer();
  await world.db('customers').where({ id: customer.customerId }).update({ auto_renewal: true });
  for (let day = FIRST; day <= LAST; day = addDays(day, 1)) await playDay(day);
}, 300_000);
afterAll(() => world.close());

/** Plays one day of the customer, with the calendar run once and then twice at once, except in the pause. */
async function playDay(day: Day) {
  // Shortly after midnight in Berlin, which is the day before in UTC.
  world.clock.set(`${addDays(day, -1)}T23:30:00Z`);
  if (world.clock.today() !== day) wrong.push(`${day}: today is ${world.clock.today()}`);
  if (Number(await world.balanceOf(customer)) < 100) await world.credit(customer, '200.00');
  await ACTIONS[day]?.();
  if (day > PAUSE.from && day <= PAUSE.to) return;
  await world.runCalendar(day);
  await Promise.all([world.runCalendar(day), world.runCalendar(day)]);
  if (day.endsWith('-01')) await expectInvariants(world);
  await findWrongOrders(day);
}

async function activate(plan: string, months: number) {
  orders.push(await world.addActiveOrder(customer, { plan, months }));
}

async function changePlanOfFifthOrder() {
  const change = { customerId: customer.customerId, userId: null, orderId: orders[4] as number, plan: 'vps-1' };
  await changePlan(world.db, world.clock, world.config.seller, change);
}

/** By hand, long before its time, for a year. */
async function renewFirstOrderEarly() {
  const { customerId } = customer;
  const renewals = [{ orderId: orders[0] as number, months: 12 }];
  const invoice = await inTransaction(world.db, (trx) =>
    issueRenewalInvoice(trx, world.clock, world.config.seller, { customerId, renewals }),
  );
  await world.pay(customer, invoice.id);
}

async function findWrongOrders(day: Day) {
  for (const order of await world.db('orders').whereNotNull('anchor_on')) {
    if (order.paid_until !== expectedPaidUntil(order))
      wrong.push(`${day}: order ${order.id} until ${order.paid_until}`);
    if (order.paid_until < day) wrong.push(`${day}: order ${order.id} ran out`);
  }
}

/** So many months after the anchor day, less a day (rule O6). */
function expectedPaidUntil({ anchor_on: anchor, paid_months: months }: { anchor_on: Day; paid_months: number }): Day {
  return addDays(addMonths(anchor, months), -1);
}

describe('a customer’s two years, day by day', () => {
  it('leave every order in service and paid for on every day (B1–B6, O6)', async () => {
    expect(wrong).toEqual([]);
    await expectInvariants(world);
    const rows = await world.db('orders').whereIn('id', orders);
    expect(rows.map(({ status }) => status)).toEqual(Array.from({ length: 7 }, () => 'active'));
  });

  it('keeps the anchor day through short months and the leap year (O6)', async () => {
    const ends = await world
      .db('invoice_lines')
      .where({ kind: 'renewal', order_id: orders[3] })
      .orderBy('period_from')
      .pluck('period_to');
    expect(ends.slice(0, 2)).toEqual(['2026-05-30', '2026-06-29']);
    expect(ends).toContain('2027-02-27');
    expect(ends).toContain('2028-02-28');
    expect(ends).toContain('2028-03-30');
  });

  it('invoiced every period of every order exactly once, without a gap between them (B1)', async () => {
    expect(orders).toHaveLength(7);
    for (const id of orders) {
      const lines = await world
        .db('invoice_lines as l')
        .join('invoices as i', 'i.id', 'l.invoice_id')
        .where({ 'l.order_id': id, 'l.kind': 'renewal', 'i.status': 'paid' })
        .orderBy('l.period_from')
        .select('l.period_from', 'l.period_to');
      for (const [index, line] of lines.entries())
        if (index > 0) expect(line.period_from).toBe(addDays(lines[index - 1].period_to, 1));
      const twice = await world
        .db('billing_run_items')
        .where({ action: 'issued', order_id: id })
        .groupBy('invoice_id')
        .havingRaw('count(*) > 1')
        .pluck('invoice_id');
      expect(twice).toEqual([]);
    }
  });

  it('what is asked for once more on the last day changes nothing', async () => {
    const before = await world.db('invoices').count();
    expect((await world.runCalendar(LAST)).counts).toEqual({});
    expect(await world.db('invoices').count()).toEqual(before);
    await expect(world.pay(customer, 1)).rejects.toThrow(Refusal);
  });
});
