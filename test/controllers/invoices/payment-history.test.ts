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

  it('is filtered by days, and downloaded as it is filtered', async () => {
    const rows = async (query: string) => (await visitor.get(`/invoices/payments?${query}`)).$('#list tbody tr').length;
    expect(await rows('from=2026-03-10&to=2026-03-10')).toBe(2);
    expect(await rows('from=2026-03-11')).toBe(0);
    expect(await rows('to=2026-03-09')).toBe(0);
    const csv = (await visitor.get('/invoices/payments.csv?direction=in')).text.trim().split('\n');
    expect(csv).toHaveLength(2);
    expect(csv[0]).toContain('Date,Direction,Amount,Currency,Method,Invoice,Status');
    expect(csv[1]).toMatch(/^2026-03-10 \d\d:\d\d:\d\d,In,50\.00,USD,Sandbox bank,TOP-000001,Completed/);
  });
});
