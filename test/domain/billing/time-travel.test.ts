import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addDays, addMonths, type Clock, type Day, dayOf } from '../../../src/platform/clock.ts';
import { inTransaction } from '../../../src/platform/db/transaction.ts';
import { Refusal } from '../../../src/domain/errors.ts';
import { activateOrder } from '../../../src/domain/orders/activate-order.ts';
import { placeOrder } from '../../../src/domain/orders/place-order.ts';
import { issueRenewalInvoice } from '../../../src/domain/renewals/issue-renewal-invoice.ts';
import { changePlan } from '../../../src/domain/plan-changes/change-plan.ts';
import { payInvoices } from '../../../src/domain/payments/pay-invoices.ts';
import { runBilling } from '../../../src/domain/billing/run-billing.ts';
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
let at: Date;
const clock: Clock = { timeZone: ZONE, now: () => new Date(at), today: () => dayOf(at, ZONE) };
/** Shortly after midnight in Berlin, which is the day before in UTC. */
const earlyOn = (day: Day) => new Date(`${addDays(day, -1)}T23:30:00Z`);

/** The orders of the story, and what was not as a person would reckon it, by days. */
const renewing: number[] = [];
const wrong: string[] = [];

beforeAll(async () => {
  world = await createWorld({ pool: 10 });
  customer = await world.addCustomer();
  await world.db('customers').where({ id: customer.customerId }).update({ auto_renewal: true });
  await play();
}, 300_000);
afterAll(() => world.close());

const run = (day: Day) => runBilling(world.db, clock, world.config.seller, { day, startedBy: 'schedule' });

let addresses = 0;
async function activate(plan: string, months: number): Promise<number> {
  const { customerId } = customer;
  const { seller } = world.config;
  const { orderId, invoice } = await placeOrder(world.db, clock, seller, {
    customerId,
    plan,
    months,
    hostname: 'a.example.com',
    os: 'debian-13',
  });
  await world.credit(customer, (await world.invoice(invoice.id)).total);
  await payInvoices(world.db, clock, { customerId, userId: null, invoiceIds: [invoice.id] });
  await inTransaction(world.db, (trx) =>
    activateOrder(trx, clock, { customerId, orderId, ip: `10.1.0.${++addresses}` }),
  );
  return orderId;
}

/** The paid-until date as a person reckons it: the anchor day, so many months on, less a day (rule O6). */
function reckoned({ anchor_on: anchor, paid_months: months }: { anchor_on: Day; paid_months: number }): Day {
  return addDays(addMonths(anchor, months), -1);
}

/** Plays the customer's two years, the calendar twice and twice at once on each day, except in the pause. */
async function play() {
  const events: Record<Day, () => Promise<unknown>> = {};
  for (const day of ['2026-03-28', '2026-03-29', '2026-03-30', '2026-03-31', '2026-10-25', '2028-02-29'])
    events[day] = async () => renewing.push(await activate('vps-1', 1));
  events['2026-05-31'] = async () => renewing.push(await activate('vps-2', 3));
  events['2026-06-15'] = () =>
    changePlan(world.db, clock, world.config.seller, {
      customerId: customer.customerId,
      userId: null,
      orderId: renewing[4] as number,
      plan: 'vps-1',
    });
  // Renewed long before its time, by hand.
  events['2026-12-01'] = async () => {
    const { customerId } = customer;
    const invoice = await inTransaction(world.db, (trx) =>
      issueRenewalInvoice(trx, clock, world.config.seller, {
        customerId,
        renewals: [{ orderId: renewing[0] as number, months: 12 }],
      }),
    );
    await payInvoices(world.db, clock, { customerId, userId: null, invoiceIds: [invoice.id] });
  };

  for (let day = FIRST; day <= LAST; day = addDays(day, 1)) {
    at = earlyOn(day);
    if (clock.today() !== day) wrong.push(`${day}: today is ${clock.today()}`);
    if (Number(await world.balanceOf(customer)) < 100) await world.credit(customer, '200.00');
    await events[day]?.();
    if (day > PAUSE.from && day <= PAUSE.to) continue;
    await run(day);
    await Promise.all([run(day), run(day)]);
    if (day.endsWith('-01')) await expectInvariants(world);
    for (const order of await world.db('orders').whereNotNull('anchor_on')) {
      if (order.paid_until !== reckoned(order)) wrong.push(`${day}: order ${order.id} until ${order.paid_until}`);
      if (order.paid_until < day) wrong.push(`${day}: order ${order.id} ran out`);
    }
  }
}

describe('a customer’s two years, day by day', () => {
  it('B1–B6 leave every order in service and paid for on every day, with activations on 28 to 31, a leap day, clock changes and a week’s pause (O6)', async () => {
    expect(wrong).toEqual([]);
    await expectInvariants(world);
    const orders = await world.db('orders').whereIn('id', renewing);
    expect(orders.map(({ status }) => status)).toEqual(Array.from({ length: 7 }, () => 'active'));
  });

  it('keeps the anchor day through short months and the leap year (O6)', async () => {
    const ends = await world
      .db('invoice_lines')
      .where({ kind: 'renewal', order_id: renewing[3] })
      .orderBy('period_from')
      .pluck('period_to');
    expect(ends.slice(0, 2)).toEqual(['2026-05-30', '2026-06-29']);
    expect(ends).toContain('2027-02-27');
    expect(ends).toContain('2028-02-28');
    expect(ends).toContain('2028-03-30');
  });

  it('invoiced every period of every order exactly once, without a gap between them (B1)', async () => {
    expect(renewing).toHaveLength(7);
    for (const id of renewing) {
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
    expect((await run(LAST)).counts).toEqual({});
    expect(await world.db('invoices').count()).toEqual(before);
    await expect(
      payInvoices(world.db, clock, { customerId: customer.customerId, userId: null, invoiceIds: [1] }),
    ).rejects.toThrow(Refusal);
  });
});
