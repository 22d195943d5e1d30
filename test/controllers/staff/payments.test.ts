import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Money } from '../../../src/domain/money/money.ts';
import type { TestCustomer } from '../../support/people.ts';
import type { Visitor } from '../../support/visitor.ts';
import { report } from '../../support/webhook.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let customer: TestCustomer;
let support: Visitor;
let references: { started: string; marked: string };
beforeAll(async () => {
  world = await createWorld();
  await world.storeRates({ USD: '1.1' });
  customer = await world.addCustomer();
  references = {
    started: (await world.startTopUp(customer, '20.00', 'USD')).reference,
    marked: (await world.startTopUp(customer, '20.00', 'EUR')).reference,
  };
  await report(world, { reference: references.marked, money: Money.of('15.00', 'EUR') });
  support = await world.signIn(await world.addStaff('support'));
});
afterAll(() => world.close());

const states = async (query: string) =>
  (await support.get(`/staff/payments?${query}`)).attributes('tbody tr', 'data-status');

describe('all payments (S2, desk b3)', () => {
  it('are listed newest first with what was expected and what came', async () => {
    const page = await support.get('/staff/payments');
    expect(page.attributes('tbody tr', 'data-status')).toEqual(['captured', 'started']);
    expect(page.amounts('tbody tr[data-status=captured]')).toEqual(['20.00', '15.00']);
    expect(page.link('tbody tr td a')).toBe(`/staff/customers/${customer.customerId}`);
  });

  it('are found by the gateway’s reference, and filtered by state, mark and currency', async () => {
    expect(await states(`q=${references.started}`)).toEqual(['started']);
    expect(await states('state=captured')).toEqual(['captured']);
    expect(await states('marked=1')).toEqual(['captured']);
    expect(await states('currency=USD')).toEqual(['started']);
    expect(await states('gateway=nothing')).toEqual([]);
  });

  it('come as CSV by the same filters', async () => {
    const file = await support.get('/staff/payments.csv?marked=1');
    expect(file.text).toContain(references.marked);
    expect(file.text).not.toContain(references.started);
  });
});
