import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTransaction } from '../../../src/platform/db/transaction.ts';
import { seedProvisioning } from '../../../seeds/catalogue.ts';
import type { Visitor } from '../../support/visitor.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let visitor: Visitor;
beforeAll(async () => {
  world = await createWorld();
  await world.storeRates({ USD: '1.0705' });
  await inTransaction(world.db, (trx) => seedProvisioning(trx, '10.20.0.1', 1));
  visitor = await world.signIn(await world.addCustomer());
});
afterAll(() => world.close());

describe('the catalogue', () => {
  it('shows both categories with prices in the account currency and their equivalents (O10)', async () => {
    const index = await visitor.get('/catalog');
    expect(index.texts('main h2')).toEqual(['Dedicated server', 'VPS/VDS']);
    const page = await visitor.get('/catalog/vps');
    expect(page.$('tbody tr')).toHaveLength(8);
    expect(page.$('tr[data-plan=vps-2]').text()).toContain('Amsterdam');
    expect(page.amount('tr[data-plan=vps-2]')).toBe('9.50');
    expect(page.amount('tr[data-plan=vps-2] .equivalent')).toBe('10.17');
    expect((await visitor.get('/catalog/dedicated')).text).toContain('setup €49.00');
  });
});
