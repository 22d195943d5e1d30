import { afterEach, describe, expect, it } from 'vitest';
import { dayOf } from '../../src/platform/clock.ts';
import { listSpendingByMonth } from '../../src/domain/invoices/spending-queries.ts';
import { expectInvariants } from '../support/invariants.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
afterEach(async () => {
  await expectInvariants(world);
  await world.close();
});

/** The moments at which a day of the time zone has just begun, and is about to end. */
const EDGES = {
  UTC: ['2026-03-01T00:05:00Z', '2026-03-31T23:55:00Z'],
  'Europe/Moscow': ['2026-02-28T21:05:00Z', '2026-03-31T20:55:00Z'],
  'America/Los_Angeles': ['2026-03-01T08:05:00Z', '2026-04-01T06:55:00Z'],
  'Pacific/Auckland': ['2026-02-28T11:05:00Z', '2026-03-31T10:55:00Z'],
};

describe.each(Object.entries(EDGES))('in the time zone %s', (timeZone, [first = '', last = '']) => {
  it('what was paid in the first and last minutes of a month is spent in that month', async () => {
    world = await createWorld({ environment: { TIME_ZONE: timeZone } });
    world.clock.set(first);
    expect(world.clock.today()).toBe('2026-03-01');
    const customer = await world.addCustomer();
    await world.addActiveOrder(customer, { plan: 'vps-1' });
    world.clock.set(last);
    expect(world.clock.today()).toBe('2026-03-31');
    await world.addActiveOrder(customer, { plan: 'vps-1' });
    const months = await listSpendingByMonth(world.db, customer.customerId, world.clock.today(), timeZone);
    expect(months.at(-1)).toEqual({ month: '2026-03', total: '10.0000' });
    expect(months.at(-2)).toMatchObject({ month: '2026-02', total: '0' });
    const page = await (await world.signIn(customer)).get('/');
    expect(page.$('.bars rect').last().find('title').text()).toBe('March 2026: €10.00');
  });

  it('the calendar invoices, renews and suspends on the days of that time zone (B1, B2, B4)', async () => {
    world = await createWorld({ environment: { TIME_ZONE: timeZone } });
    world.clock.set(first);
    const [renewing, left] = [await world.addCustomer(), await world.addCustomer()];
    const renewed = await world.addActiveOrder(renewing, { plan: 'vps-1' });
    const unpaid = await world.addActiveOrder(left, { plan: 'vps-1' });
    await world.db('orders').where({ id: renewed }).update({ auto_renewal: true });
    await world.credit(renewing, '5.00');
    expect(await world.order(renewed)).toMatchObject({ paid_until: '2026-03-31' });
    const runOn = (moment: string) => {
      world.clock.set(moment);
      return world.runCalendar();
    };
    const at = (day: string) =>
      new Date(Date.parse(first) + (Date.parse(day) - Date.parse('2026-03-01'))).toISOString();
    expect(dayOf(new Date(at('2026-03-25')), timeZone)).toBe('2026-03-25');
    expect((await runOn(at('2026-03-25'))).counts).toEqual({});
    expect((await runOn(at('2026-03-26'))).counts).toMatchObject({ issued: 2, paid: 1 });
    expect(await world.order(renewed)).toMatchObject({ paid_until: '2026-04-30' });
    expect((await runOn(last)).counts).not.toHaveProperty('suspended');
    expect(await world.order(unpaid)).toMatchObject({ status: 'active' });
    expect((await runOn('2026-04-04T12:00:00Z')).counts).toMatchObject({ suspended: 1 });
  });
});
