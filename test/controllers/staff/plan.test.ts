import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorld, type World } from '../../support/world.ts';
import type { Visitor } from '../../support/visitor.ts';

let world: World;
let admin: Visitor;
beforeAll(async () => {
  world = await createWorld();
  admin = await world.signIn(await world.addStaff('admin'));
});
afterAll(() => world.close());

const location = async (code: string) => (await world.db('locations').where({ code }).first('id')).id as number;
const plan = (code: string) => world.db('plans').where({ code }).first();

const fields = async () => ({
  category: 'vps',
  name: 'VPS Tiny',
  code: 'vps-tiny',
  spec_cpu: '1 vCPU',
  spec_ram: '1',
  spec_disk: '10 GB SSD',
  spec_traffic: '',
  location: String(await location('prague')),
  position: '9',
  stock: '',
  stock_before: '',
  active: '1',
});

describe('a plan of the desk (b19)', () => {
  it('is sold in locations that there are', async () => {
    await admin.get('/staff/plans');
    const page = await admin.post('/staff/plans', { ...(await fields()), code: 'vps-far', location: '999999' });
    expect(page.status).toBe(422);
    expect(page.textOf('.alert-bad')).toContain('changed in the meantime');
    expect(await plan('vps-far')).toBeUndefined();
  });

  it('says how to connect with what is filled in, and with nothing else', async () => {
    const { id } = await plan('vps-1');
    await admin.get(`/staff/plans/${id}`);
    const odd = { ...(await fields()), code: 'vps-odd', connect_en: '$ ssh root@{{ip}} # {{password}}' };
    const page = await admin.post('/staff/plans', odd);
    expect(page.status).toBe(422);
    expect(page.textOf('#connect_en-error')).toBe('{{password}} is not filled in; only {{ip}}, {{hostname}} are.');
  });

  it('is added by its category’s fields, and can be ordered once it has a price', async () => {
    const page = await admin.get('/staff/plans/new?category=vps');
    expect(
      page
        .$('input[name^=spec_]')
        .toArray()
        .map((input) => page.$(input).attr('name')),
    ).toEqual(['spec_cpu', 'spec_ram', 'spec_disk', 'spec_traffic']);
    const { id } = await plan('vps-1');
    expect(id).toBeGreaterThan(0);
    const sent = await admin.post('/staff/plans', await fields());
    expect(sent.status).toBe(303);
    const added = await plan('vps-tiny');
    expect(sent.location).toBe(`/staff/plans/${added.id}/prices`);
    expect(added.specification).toEqual({ cpu: '1 vCPU', ram: 1, disk: '10 GB SSD' });
    const order = () => world.visitor().get('/orders/new?plan=vps-tiny');
    expect((await order()).status).toBe(404);
    await admin.get(`/staff/plans/${added.id}/prices`);
    await admin.post(`/staff/plans/${added.id}/prices`, {
      intent: 'save',
      price_EUR_1: '3.50',
      valid_from: world.clock.today(),
      running: 'keep',
      notice_days: '30',
      rounding: 'ninety',
      source: 'EUR',
      version: '0',
    });
    expect((await order()).textOf('main')).toContain('€3.50');
  });

  it('keeps what was typed beside what is wrong with it', async () => {
    await admin.get('/staff/plans/new?category=vps');
    const { location: _location, ...rest } = await fields();
    const page = await admin.post('/staff/plans', { ...rest, code: 'vps-2', name: '', spec_ram: 'four', stock: '1.5' });
    expect(page.status).toBe(422);
    expect(page.$('.alert-bad li')).toHaveLength(4);
    expect(page.value('input[name=spec_ram]')).toBe('four');
    const taken = await admin.post('/staff/plans', { ...(await fields()), code: 'vps-2' });
    expect(taken.textOf('.alert-bad')).toContain('“vps-2” is taken');
    expect(taken.value('input[name=spec_disk]')).toBe('10 GB SSD');
  });

  it('that is hidden is ordered by its address, and stands in no list', async () => {
    await world.db('plans').where({ code: 'vps-1' }).update({ hidden: true });
    const visitor = world.visitor();
    expect((await visitor.get('/catalog/vps')).$('tr[data-plan=vps-1]')).toHaveLength(0);
    expect((await visitor.get('/orders/new?plan=vps-1')).status).toBe(200);
    await world.db('plans').where({ code: 'vps-1' }).update({ hidden: false });
  });

  it('is saved with a stock that was sold since only when that is seen', async () => {
    const { id } = await plan('vps-4');
    await world.db('plans').where({ id }).update({ stock: 5 });
    const page = await admin.get(`/staff/plans/${id}`);
    expect(page.$('input[name=location][checked]')).toHaveLength(3);
    const shown = { ...(await fields()), name: 'VPS-4', spec_ram: '8', stock: '5', stock_before: '5' };
    await world.db('plans').where({ id }).update({ stock: 4 });
    expect((await admin.post(`/staff/plans/${id}`, shown)).status).toBe(303);
    expect((await plan('vps-4')).stock).toBe(4);
    const refused = await admin.post(`/staff/plans/${id}`, { ...shown, stock: '9' });
    expect(refused.status).toBe(422);
    expect(refused.textOf('.alert-bad')).toContain('The stock is 4 now');
    expect((await admin.post(`/staff/plans/${id}`, { ...shown, stock: '9', stock_before: '4' })).status).toBe(303);
    const log = await world.db('audit_log').where({ action: 'plan.changed' }).orderBy('id', 'desc').first();
    expect(log.details).toMatchObject({ before: { stock: 4 }, after: { stock: 9 } });
  });

  it('that is not there, or of no category, is not found', async () => {
    expect((await admin.get('/staff/plans/999999')).status).toBe(404);
    expect((await admin.post('/staff/plans', { ...(await fields()), category: 'nothing' })).status).toBe(404);
    expect((await admin.get('/staff/plans/new')).$('a[href="/staff/plans/new?category=vps"]')).toHaveLength(1);
  });
});
