import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand, startApplication } from '../support/command.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const environment = () => ({
  DATABASE_URL: world.databaseUrl,
  MIGRATION_DATABASE_URL: world.ownerUrl,
  PORT: '0',
  ECB_RATES_URL: 'off',
  CBR_RATES_URL: 'off',
});

/** As after a restore that lost the ledger, or a change made by hand. */
const setTriggersAside = async (work: () => PromiseLike<unknown>) => {
  for (const table of ['ledger_accounts', 'ledger_entries'])
    await world.owner.raw(`alter table ${table} disable trigger all`);
  await work();
  for (const table of ['ledger_accounts', 'ledger_entries'])
    await world.owner.raw(`alter table ${table} enable trigger all`);
};

describe('a start on books that are wrong', () => {
  it('serves while every balance is the sum of its entries', async () => {
    await world.addCustomer({ balance: '30' });
    await world.addCustomer();
    const application = await startApplication(environment());
    expect(application.said()).toContain('Kabinet is ready');
    expect((await application.stop()).code).toBe(0);
  });

  it.each(['', 'web', 'worker'])('is refused where a balance differs from its entries, ROLE=%s', async (ROLE) => {
    const balances = () => world.owner('ledger_accounts').where('balance', '>', 0);
    await setTriggersAside(() => balances().update({ balance: '31' }));
    const ended = await runCommand('src/server.ts', [], { ...environment(), ROLE });
    await setTriggersAside(() => balances().update({ balance: '30' }));
    expect(ended).toEqual({
      code: 1,
      said: [
        expect.stringMatching(
          /^Refusing to serve: the balance of account \d+ is 31\.0000, its entries sum to 30\.0000;.*npm run verify$/,
        ),
      ],
    });
  });

  it('is refused on a balance over an empty ledger, however many accounts there are', async () => {
    await world.owner.raw(
      `with made as (insert into customers (kind, account_currency, created_at)
         select 'person', 'EUR', now() from generate_series(1, 5000) returning id)
       insert into ledger_accounts (kind, customer_id, currency, balance) select 'customer_balance', id, 'EUR', 0
       from made`,
    );
    await setTriggersAside(() => world.owner('ledger_entries').delete());
    const { code, said } = await runCommand('src/server.ts', [], environment());
    expect([code, said]).toEqual([
      1,
      [expect.stringMatching(/is 30\.0000, its entries sum to 0; run npm run verify$/)],
    ]);
  });
});
