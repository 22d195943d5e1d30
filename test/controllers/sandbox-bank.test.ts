import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectInvariants } from '../support/invariants.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld({ environment: { RATES_MAX_AGE_DAYS: '7' } });
  await world.storeRates();
});
afterAll(async () => {
  await expectInvariants(world);
  await world.close();
});

describe('the sandbox bank', () => {
  it('the sandbox bank reports over HTTP and the balance grows by exactly the quoted amount (T4)', async () => {
    const customer = await world.addCustomer();
    const visitor = await world.signIn(customer);
    await visitor.get('/top-ups/new');
    await visitor.submit('/top-ups', { amount: '50', currency: 'USD' });
    const [invoice] = await world.topUpsOf(customer);
    const bank = await visitor.submit(`/invoices/${invoice.id}/payment`, { method: 'sandbox' });
    expect(bank.$('h1').text()).toBe('Confirm the payment');
    const order = bank.value('input[name=order]');
    const paid = await visitor.submit('/sandbox-bank', { order, action: 'pay' });
    expect(paid.amount('#balance')).toBe('46.70');
    expect(paid.$('.heading .badge-good').text()).toBe('Paid');
    const statement = await visitor.get('/balance');
    expect(statement.amounts('#list tbody')).toEqual(['46.70', '46.70']);
  });

  it('a declined payment changes nothing and can be tried again; one for later waits (T4)', async () => {
    const customer = await world.addCustomer();
    const visitor = await world.signIn(customer);
    await visitor.get('/top-ups/new');
    await visitor.submit('/top-ups', { amount: '20', currency: 'EUR' });
    const [invoice] = await world.topUpsOf(customer);
    const decide = async (action: string) => {
      await visitor.get(`/invoices/${invoice.id}`);
      const bank = await visitor.submit(`/invoices/${invoice.id}/payment`, { method: 'sandbox' });
      return visitor.submit('/sandbox-bank', {
        order: bank.value('input[name=order]'),
        action,
      });
    };
    const declined = await decide('decline');
    expect(declined.text).toContain('Your bank declined €20.00. Nothing was charged.');
    const later = await decide('later');
    expect(later.text).toContain('on its way');
    expect(await world.balanceOf(customer)).toBe('0.0000');
    await decide('pay');
    expect(await world.balanceOf(customer)).toBe('20.0000');
  });
});
