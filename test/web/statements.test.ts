import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Visitor } from '../support/visitor.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
let visitor: Visitor;
const asked: string[] = [];
beforeAll(async () => {
  world = await createWorld();
  const customer = await world.addCustomer();
  for (let order = 0; order < 3; order++) await world.addActiveOrder(customer, { plan: 'vps-2' });
  visitor = await world.signIn(customer);
  await visitor.get('/');
  world.db.on('query', ({ sql }: { sql: string }) => asked.push(sql));
});
afterAll(() => world.close());

/** The statements of a page, who asks included. */
async function statementsOf(path: string) {
  asked.length = 0;
  expect((await visitor.get(path)).status).toBe(200);
  return asked.length;
}

describe('a page asks the database', () => {
  it.each([
    ['/orders', 3],
    ['/invoices', 4],
    ['/invoices/payments', 3],
    ['/balance', 4],
    ['/', 7],
  ])('%s with at most %i statements, however many rows it has', async (path, most) => {
    expect(await statementsOf(path)).toBeLessThanOrEqual(most);
  });

  it('who asks in one of them, with the session', async () => {
    await statementsOf('/invoices/payments');
    expect(asked.filter((sql) => /\b(sessions|users|ledger_accounts)\b/.test(sql))).toHaveLength(1);
  });
});
