import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Visitor } from '../../support/visitor.ts';
import { report } from '../../support/webhook.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let visitor: Visitor;
beforeAll(async () => {
  world = await createWorld();
  await world.storeRates({ USD: '1.0705' });
  const customer = await world.addCustomer();
  await world.addActiveOrder(customer, { plan: 'vps-4', months: 3 });
  await report(world, await world.startTopUp(customer, '50.00', 'USD'));
  visitor = await world.signIn(customer);
});
afterAll(() => world.close());

describe('the payment history', () => {
  it('shows every payment in and out, with its method, invoice and state', async () => {
    const page = await visitor.get('/invoices/payments');
    const shown = page.cells('#list tbody tr').map(([, ...cells]) => cells.join(' | '));
    expect(shown).toEqual(
      expect.arrayContaining([
        'In | +$50.00 | Sandbox bank | TOP-000001 | Completed',
        expect.stringMatching(/^Out \| −€60.00 \| Balance \| INV-\d+ \| Completed$/),
      ]),
    );
    const out = await visitor.get('/invoices/payments?direction=out');
    expect(out.$('#list tbody tr')).toHaveLength(1);
  });
});
