import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InvoiceNotUnpaid } from '../../src/domain/errors.ts';
import { SANDBOX } from '../../src/domain/gateways/sandbox.ts';
import { recordGatewayEvent } from '../../src/domain/payments/record-gateway-event.ts';
import { expectInvariants } from '../support/invariants.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld({ pool: 16 });
});
afterAll(() => world.close());

/** With more, the payments would never finish. */
const MOST_CUTS = 100;

/** Cuts the application's connections again and again, wherever they are: mid-statement, or during COMMIT. */
function sabotage() {
  const over = new AbortController();
  let cuts = 0;
  const running = (async () => {
    while (!over.signal.aborted && cuts < MOST_CUTS) {
      const { rows } = await world.owner.raw(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and usename = 'kabinet_app' and application_name = 'kabinet'
           and state <> 'idle'
         order by random() limit 1`,
      );
      cuts += rows.length;
    }
  })();
  return {
    async stop() {
      over.abort();
      await running;
      return cuts;
    },
  };
}

/** Tries again until there is an answer, as people and gateways do. */
async function insist(act: () => Promise<unknown>, isAnswer: (error: unknown) => boolean = () => false) {
  for (let attempt = 0; attempt < 500; attempt++) {
    try {
      return await act();
    } catch (error) {
      if (isAnswer(error)) return undefined;
    }
  }
  throw new Error('No answer after 500 attempts');
}

describe('connections that are cut under load', () => {
  it('leave every invoice paid exactly once after a retry (I5)', async () => {
    const customer = await world.addCustomer({ balance: '1000.00' });
    const orders = await Promise.all(Array.from({ length: 40 }, () => world.placeOrder(customer, { plan: 'vps-1' })));
    const saboteur = sabotage();
    await Promise.all(
      orders.map(({ invoice }) =>
        insist(
          () => world.pay(customer, invoice.id),
          (error) => error instanceof InvoiceNotUnpaid,
        ),
      ),
    );
    expect(await saboteur.stop()).toBeGreaterThan(0);
    expect(await world.balanceOf(customer)).toBe('800.0000');
    await expectInvariants(world);
  });

  it('leave every payment credited exactly once, when the gateway reports again (T5)', async () => {
    const customer = await world.addCustomer();
    const topUps = await Promise.all(Array.from({ length: 30 }, () => world.startTopUp(customer, '10.00', 'EUR')));
    const saboteur = sabotage();
    await Promise.all(
      topUps.map(({ reference, money }) =>
        insist(() =>
          recordGatewayEvent(world.db, world.clock, SANDBOX, {
            id: `evt_${reference}`,
            type: 'captured',
            reference,
            money,
          }),
        ),
      ),
    );
    expect(await saboteur.stop()).toBeGreaterThan(0);
    expect(await world.balanceOf(customer)).toBe('300.0000');
    await expectInvariants(world);
  });
});
