import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inTransaction } from '../../../src/platform/db/transaction.ts';
import { seedOptions } from '../../../seeds/catalogue.ts';
import { createWorld, type World } from '../../support/world.ts';
import type { Visitor } from '../../support/visitor.ts';

let world: World;
let admin: Visitor;
beforeEach(async () => {
  world = await createWorld();
  await inTransaction(world.db, seedOptions);
  admin = await world.signIn(await world.addStaff('admin'));
});
afterEach(() => world.close());

const SETTINGS = { running: 'keep', notice_days: '30', rounding: 'ninety', source: 'EUR' };

const planId = async (code: string) => (await world.db('plans').where({ code }).first('id')).id as number;

/** The form as it is shown, with what is changed in it. */
async function send(code: string, changes: Record<string, string>) {
  const path = `/staff/plans/${await planId(code)}/prices`;
  // What was refused before is not shown any more.
  await admin.get('/staff/plans');
  const page = await admin.get(path);
  const shown = page
    .$('input.price')
    .toArray()
    .map((input) => [page.$(input).attr('name') ?? '', page.$(input).attr('value') ?? '']);
  const version = page.value('input[name=version]');
  return admin.post(path, { ...Object.fromEntries(shown), ...SETTINGS, version, intent: 'save', ...changes });
}

const offered = async (currency: string) => {
  const page = await world.visitor().get(`/orders/new?plan=vps-2&currency=${currency}`);
  return page.$('label:has(input[name=months][value="1"])').text();
};

describe('the prices of a plan (b19, b20)', () => {
  it('are valid from their day on: until then the old ones are asked for, and both are in the audit log', async () => {
    const day = world.daysFromToday(10);
    expect((await send('vps-2', { price_EUR_1: '12.00', price_EUR_setup: '5', valid_from: day })).status).toBe(303);
    expect(await offered('EUR')).toContain('€9.50');
    const entry = await world.db('audit_log').where({ action: 'plan.prices_changed' }).first();
    expect(entry.details).toMatchObject({
      valid_from: day,
      before: { 'EUR 1': '9.5', 'EUR setup': null },
      after: { 'EUR 1': '12', 'EUR setup': '5' },
    });
    world.clock.set(`${day}T00:00:01Z`);
    expect(await offered('EUR')).toContain('€12.00');
    const page = await world.visitor().get('/orders/new?plan=vps-2');
    expect(page.textOf('main')).toContain('€5.00');
  });

  it('that are to come can be withdrawn, and no others are saved meanwhile', async () => {
    await send('vps-2', { price_EUR_1: '12.00', valid_from: world.daysFromToday(10) });
    const path = `/staff/plans/${await planId('vps-2')}/prices`;
    const page = await admin.get(path);
    expect(page.textOf('main')).toContain('1 month, EUR');
    expect(page.$('fieldset:not([disabled]) input.price')).toHaveLength(0);
    const second = await admin.post(path, {
      ...SETTINGS,
      price_EUR_1: '13',
      version: '1',
      valid_from: world.daysFromToday(20),
      intent: 'save',
    });
    expect(second.status).toBe(422);
    expect(second.textOf('.alert-bad')).toContain('are waiting');
    const action = page.$('form[action$=withdrawal]').attr('action') ?? '';
    await admin.post(action);
    world.clock.set(`${world.daysFromToday(10)}T00:00:01Z`);
    expect(await offered('EUR')).toContain('€9.50');
    admin = await world.signIn(await world.addStaff('admin'));
    await admin.get(path);
    expect((await admin.post(action)).status).toBe(404);
  });

  it('are proposed by rate and rounding, shown before anything is saved, and follow no rate afterwards', async () => {
    await world.storeRates({ USD: '1.08', RUB: '94.715' });
    const page = await send('vps-2', { price_EUR_1: '26.00', valid_from: world.clock.today(), intent: 'propose' });
    expect(page.value('input[name=price_USD_1]')).toBe('27.90');
    expect(page.value('input[name=price_RUB_1]')).toBe('2,490.00');
    expect(page.textOf('#price_RUB_1-note')).toContain('exact ₽2,462.59');
    expect(await world.db('price_changes')).toHaveLength(0);
    await send('vps-2', { price_EUR_1: '26.00', price_USD_1: '27.90', valid_from: world.clock.today() });
    await world.storeRates({ USD: '2' });
    expect(await offered('USD')).toContain('$27.90');
  });

  it('say who would be affected, by currency, and leave prices of one’s own alone', async () => {
    const customer = await world.addCustomer();
    await world.addActiveOrder(customer);
    await world.addActiveOrder(customer, { options: ['backup'] });
    const own = await world.addActiveOrder(customer);
    await world.db('orders').where({ id: own }).update({ price: '8.00' });
    const page = await send('vps-2', { price_EUR_1: '11.50', valid_from: world.clock.today(), intent: 'show' });
    const facts = page.textOf('[aria-live] .facts');
    expect(facts).toContain('Orders at the list price 2');
    expect(facts).toContain('With a price of their own: left alone 1');
    expect(facts).toContain('EUR, 2 orders, a month +€4.00');
  });

  it('refuse a past day, too short a notice, what is no amount, and a form that others have outrun', async () => {
    const past = await send('vps-2', { price_EUR_1: '12', valid_from: world.daysFromToday(-1) });
    expect(past.textOf('#valid_from-error')).toContain('or a later day');
    const short = await send('vps-2', { price_EUR_1: '12', valid_from: world.daysFromToday(29), running: 'follow' });
    expect(short.status).toBe(422);
    const odd = await send('vps-2', { price_EUR_1: 'twelve', valid_from: world.clock.today() });
    expect(odd.textOf('.alert-bad')).toContain('1 month, EUR');
    expect(odd.value('input[name=price_EUR_1]')).toBe('twelve');
    expect((await send('vps-2', { valid_from: world.clock.today() })).textOf('.alert-bad')).toContain(
      'No price was changed',
    );
    await send('vps-2', { price_EUR_1: '12', valid_from: world.clock.today() });
    const outrun = await send('vps-2', { price_EUR_1: '13', valid_from: world.clock.today(), version: '0' });
    expect(outrun.status).toBe(422);
    expect(outrun.value('input[name=price_EUR_1]')).toBe('13');
  });

  it('that are taken away make the plan unorderable there, and nothing else', async () => {
    await send('vps-2', { price_RUB_1: '', valid_from: world.clock.today() });
    expect(await offered('RUB')).toBe('');
    expect(await offered('EUR')).toContain('€9.50');
  });
});
