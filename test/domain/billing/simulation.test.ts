import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { morningOf } from '../../../src/platform/clock.ts';
import { DayStillToCome } from '../../../src/domain/errors.ts';
import { Money } from '../../../src/domain/money/money.ts';
import { runBilling } from '../../../src/domain/billing/run-billing.ts';
import { simulateBilling } from '../../../src/domain/billing/simulate-billing.ts';
import { expectInvariants } from '../../support/invariants.ts';
import type { TestCustomer } from '../../support/people.ts';
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

/** Everything that a run of the calendar could have changed. */
const everything = async () => {
  const tables = ['orders', 'invoices', 'invoice_lines', 'invoice_series', 'ledger_accounts', 'ledger_entries'];
  const more = ['order_events', 'mails', 'billing_runs', 'billing_run_items', 'renewal_notices'];
  const rows = await Promise.all([...tables, ...more].map((table) => world.db(table).orderBy(1 as never)));
  return JSON.stringify(rows);
};

describe('a day that is still to come', () => {
  it('is not run: it would suspend and cancel what still can be paid in time (B6)', async () => {
    await world.addActiveOrder(customer, { plan: 'vps-1' });
    const before = await everything();
    const request = { day: '2026-06-01', startedBy: 'command_line' } as const;
    await expect(runBilling(world.db, world.clock, world.config.seller, request)).rejects.toThrow(DayStillToCome);
    expect(await everything()).toBe(before);
  });

  it('cannot be asked for by staff either (B6, S2)', async () => {
    const visitor = await world.signIn(await world.addStaff('billing'));
    await visitor.get('/staff/billing');
    const page = await visitor.post('/staff/billing', { day: '2026-06-01' });
    expect(page.status).toBe(422);
    expect(await world.db('billing_runs')).toHaveLength(0);
  });
});

describe('a simulation of the calendar', () => {
  it('says what would be invoiced, paid, suspended and cancelled, and keeps nothing (B1, B2, B4)', async () => {
    const other = await world.addCustomer();
    await world.addActiveOrder(customer, { plan: 'vps-1' });
    const renewed = await world.addActiveOrder(other, { plan: 'vps-2' });
    await world.db('orders').where({ id: renewed }).update({ auto_renewal: true });
    await world.credit(other, '10.00');
    const before = await everything();
    const { actions, failures, days, customers } = await simulateBilling(world.db, world.clock, world.config.seller, {
      day: '2026-05-01',
    });
    expect(failures).toEqual([]);
    expect([days[0], days.at(-1), customers]).toEqual(['2026-03-10', '2026-05-01', 2]);
    const of = (action: string) => actions.filter((one) => one.action === action);
    expect(of('issued')).toMatchObject([{ day: '2026-04-04', count: 2, total: Money.of('14.50', 'EUR') }]);
    expect(of('paid')).toMatchObject([{ day: '2026-04-04', count: 1, total: Money.of('9.50', 'EUR') }]);
    expect(of('suspended')).toMatchObject([{ day: '2026-04-13', count: 1 }]);
    expect(of('cancelled')).toMatchObject([{ day: '2026-04-27', count: 1 }]);
    expect(await everything()).toBe(before);
  });

  it('leaves every day to be run when it comes', async () => {
    const orderId = await world.addActiveOrder(customer, { plan: 'vps-1' });
    await simulateBilling(world.db, world.clock, world.config.seller, { day: '2026-12-01' });
    world.clock.set('2026-04-04T12:00:00Z');
    const { counts } = await world.runCalendar('2026-04-04');
    expect(counts).toMatchObject({ issued: 1 });
    expect(await world.order(orderId)).toMatchObject({ status: 'active' });
  });
});

describe('the morning of a day', () => {
  it.each([
    'UTC',
    'Pacific/Auckland',
    'Pacific/Pago_Pago',
    'America/Los_Angeles',
    'Asia/Kolkata',
    'Pacific/Kiritimati',
  ])('is at six in the morning of that very day in %s, on days on which the clocks change too', (timeZone) => {
    const format = new Intl.DateTimeFormat('en-CA', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      hourCycle: 'h23',
    });
    for (const day of ['2026-01-01', '2026-03-08', '2026-04-05', '2026-09-27', '2026-11-01', '2026-12-31'])
      expect(format.format(morningOf(day, timeZone))).toMatch(new RegExp(`^${day}, 06`));
  });
});
