import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Money } from '../../../src/domain/money/money.ts';
import { report } from '../../support/webhook.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
  await world.storeRates({ USD: '1.1' });
  await world.addCustomer({ balance: '10.00' });
  await world.addCustomer({ currency: 'USD', balance: '11.00' });
});
afterAll(() => world.close());

describe('the staff’s overview', () => {
  it('shows what all customers’ balances come to, in each currency and in euros (S2)', async () => {
    const page = await (await world.signIn(await world.addStaff('support'))).get('/staff');
    const total = (currency: string) => page.amount(`[data-totals] tr[data-currency=${currency}]`);
    expect([total('EUR'), total('USD')]).toEqual(['10.00', '11.00']);
    expect(page.amount('[data-total]')).toBe('20.00');
  });

  it('shows a payment that differs from its invoice, and whose it is (T6)', async () => {
    const customer = await world.addCustomer();
    const { reference } = await world.startTopUp(customer, '20.00', 'EUR');
    await report(world, { reference, money: Money.of('15.00', 'EUR') });
    const page = await (await world.signIn(await world.addStaff('support'))).get('/staff');
    expect(page.amounts('tr[data-payment]')).toEqual(['20.00', '15.00']);
    expect(page.link('tr[data-payment] a')).toBe(`/staff/customers/${customer.customerId}`);
  });
});
