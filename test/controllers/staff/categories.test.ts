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

describe('the categories (b19)', () => {
  it('stand in their order with their periods, terms, plans and orders', async () => {
    const page = await admin.get('/staff/categories');
    const rows = page.$('tr[data-id]').toArray();
    expect(rows.map((row) => page.$(row).attr('data-id'))).toEqual(['dedicated', 'vps']);
    const text = page.$('tr[data-id=vps]').text().replaceAll(/\s+/g, ' ');
    expect(text).toContain('Processor, Memory, Disk, Traffic');
    expect(text).toContain('1, 3, 6, 12');
    expect(page.$('tr[data-id=vps] td').toArray().at(-2)).toBeDefined();
    expect(page.$('tr[data-id=vps] [data-label=Plans]').text()).toBe('8');
  });

  it('can be looked at with the right to see them, and not changed', async () => {
    const support = await world.signIn(await world.addStaff('support'));
    expect((await support.get('/staff/categories')).$('a[href="/staff/categories/new"]')).toHaveLength(0);
    const page = await support.get('/staff/categories/vps');
    expect(page.$('fieldset:not([disabled])')).toHaveLength(0);
    expect(page.$('form[action="/staff/categories/vps"] button[type=submit]')).toHaveLength(0);
  });
});
