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

describe('the locations', () => {
  it('are added with a name in each language and a code of their own', async () => {
    await admin.get('/staff/locations');
    const page = await admin.submit('/staff/locations', { code: 'oslo', name_en: 'Oslo', name_ru: 'Осло' });
    expect(page.textOf('main')).toContain('Oslo');
    const again = await admin.post('/staff/locations', { code: 'oslo', name_en: 'Oslo 2', name_ru: 'Осло 2' });
    expect(again.status).toBe(422);
    expect(again.textOf('.alert-bad')).toContain('“oslo” is taken');
    expect(again.value('input[name=name_en]#name_en')).toBe('Oslo 2');
    expect(
      (await admin.post('/staff/locations', { code: '', name_en: '', name_ru: '' })).$('.field-error'),
    ).toHaveLength(3);
  });

  it('are renamed for their orders too, which are found by the new name', async () => {
    const customer = await world.addCustomer();
    const orderId = await world.addActiveOrder(customer);
    const { location_id } = await world.order(orderId);
    await admin.get('/staff/locations');
    await admin.post(`/staff/locations/${location_id}`, { name_en: 'Rotterdam', name_ru: 'Роттердам' });
    expect((await world.order(orderId)).search_text).toContain('rotterdam');
    const visitor = await world.signIn(customer);
    expect((await visitor.get('/orders?q=rotterdam')).$('tr[data-id]')).toHaveLength(1);
    expect((await admin.post(`/staff/locations/${location_id}`, { name_en: '', name_ru: 'Р' })).status).toBe(422);
    expect((await admin.post('/staff/locations/999999', { name_en: 'A', name_ru: 'A' })).status).toBe(404);
  });
});
