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

const option = (code: string) => world.db('plan_options').where({ code, category: 'vps' }).first();
const fields = () => ({
  category: 'vps',
  code: 'snapshots',
  name_en: 'Snapshots',
  name_ru: 'Снимки',
  position: '4',
  active: '1',
  price_EUR: '4.00',
  price_USD: '',
  price_RUB: '400',
  valid_from: world.clock.today(),
});

describe('an option of the desk (b19)', () => {
  it('is offered with the plans of its category, in the currencies that it has a price in', async () => {
    await admin.get('/staff/options/new');
    expect((await admin.post('/staff/options', fields())).status).toBe(303);
    const form = (currency: string) => world.visitor().get(`/orders/new?plan=vps-2&currency=${currency}`);
    expect((await form('EUR')).textOf('main')).toContain('Snapshots');
    expect((await form('USD')).textOf('main')).not.toContain('Snapshots');
    expect((await world.visitor().get('/orders/new?plan=ds-e-2276g')).textOf('main')).not.toContain('Snapshots');
  });

  it('costs another price from a day on; orders that have it keep theirs', async () => {
    const { id } = await option('backup');
    const orderId = await world.addActiveOrder(await world.addCustomer(), { options: ['backup'] });
    const day = world.daysFromToday(3);
    await admin.get(`/staff/options/${id}`);
    const changes = { name_en: 'Daily backups', name_ru: 'Копии', price_EUR: '9.00', price_USD: '3', price_RUB: '250' };
    expect((await admin.post(`/staff/options/${id}`, { ...fields(), ...changes, valid_from: day })).status).toBe(303);
    const form = () => world.visitor().get('/orders/new?plan=vps-2');
    expect((await form()).textOf('main')).toContain('€2.50');
    world.clock.set(`${day}T00:00:01Z`);
    expect((await form()).textOf('main')).toContain('€9.00');
    expect(await world.db('order_options').where({ order_id: orderId }).first()).toMatchObject({ monthly: '2.5000' });
    const entry = await world.db('audit_log').where({ action: 'option.changed' }).first();
    expect(entry.details.after.prices).toBe('EUR 9, RUB 250, USD 3');
  });

  it('keeps what was typed beside what is wrong with it', async () => {
    await admin.get('/staff/options/new');
    const page = await admin.post('/staff/options', { ...fields(), name_en: '', price_EUR: '-4' });
    expect(page.status).toBe(422);
    expect(page.$('.alert-bad li')).toHaveLength(2);
    expect(page.value('input[name=price_EUR]')).toBe('-4');
    const taken = await admin.post('/staff/options', { ...fields(), code: 'backup' });
    expect(taken.textOf('.alert-bad')).toContain('“backup” is taken');
    expect((await admin.get('/staff/options/999999')).status).toBe(404);
  });
});
