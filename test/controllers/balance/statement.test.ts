import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listStatement } from '../../../src/domain/ledger/statement-queries.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

describe('the statement', () => {
  it('shows date, what for, amount and the balance after, the newest first (L5)', async () => {
    const other = await world.addCustomer({ balance: '50.00' });
    const { invoice } = await world.placeOrder(other, { plan: 'vps-1' });
    await world.pay(other, invoice.id);
    const entries = await listStatement(
      world.db,
      { customerId: other.customerId, timeZone: 'UTC' },
      { limit: 10, offset: 0 },
    );
    expect(
      entries.map((entry) => [
        entry.kind,
        entry.amount.toDatabase(),
        entry.balanceAfter.toDatabase(),
        entry.invoice?.number ?? entry.reason,
      ]),
    ).toEqual([
      ['invoice_payment', '-5', '45', invoice.number],
      ['adjustment', '50', '50', 'For the test'],
    ]);
    const page = await (await world.signIn(other)).get('/balance');
    expect(page.$('#list tbody tr')).toHaveLength(2);
    expect(page.$(`#list tbody tr a[href="/invoices/${invoice.id}"]`)).toHaveLength(1);
  });
});
