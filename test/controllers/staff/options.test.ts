import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTransaction } from '../../../src/platform/db/transaction.ts';
import { seedOptions } from '../../../seeds/catalogue.ts';
import { createWorld, type World } from '../../support/world.ts';
import type { Visitor } from '../../support/visitor.ts';

let world: World;
let admin: Visitor;
beforeAll(async () => {
  world = await createWorld();
  await inTransaction(world.db, seedOptions);
  admin = await world.signIn(await world.addStaff('admin'));
});
afterAll(() => world.close());

describe('the options of the desk (b19)', () => {
  it('stand by category with what they cost a month and how many orders have them', async () => {
    await world.addActiveOrder(await world.addCustomer(), { options: ['backup'] });
    const page = await admin.get('/staff/options');
    expect(page.$('tr[data-id]')).toHaveLength(6);
    const row = page.$('section:contains("VPS/VDS") tr:has(a:contains("Daily backups"))').first();
    expect(row.find('[data-label=Orders]').text()).toBe('1');
    expect(
      row
        .find('data.money')
        .toArray()
        .map((each) => page.$(each).attr('value')),
    ).toEqual(['2.50', '3.00', '250.00']);
  });
});
