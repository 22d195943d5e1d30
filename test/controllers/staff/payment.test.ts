import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Money } from '../../../src/domain/money/money.ts';
import { report } from '../../support/webhook.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

describe('one payment, for staff (S2)', () => {
  it('shows what was asked for, what came, what the gateway reported and what it was booked by', async () => {
    const customer = await world.addCustomer();
    const { reference } = await world.startTopUp(customer, '20.00', 'EUR');
    await report(world, { reference, money: Money.of('15.00', 'EUR') });
    const { id } = await world.db('payments').where({ reference }).first();
    const page = await (await world.signIn(await world.addStaff('support'))).get(`/staff/payments/${id}`);
    expect(page.amounts('.facts')).toEqual(['20.00', '15.00']);
    expect(page.textOf('.facts')).toContain(reference);
    expect(page.textOf('main')).toContain('Amount differs');
    expect(page.textOf('.timeline')).toContain('Reported by the gateway: captured');
    const booked = await world.db('ledger_transactions').where({ cause_type: 'payment', cause_id: id }).first('id');
    expect(page.texts('.facts dd').at(-1)).toBe(String(booked.id));
  });

  it('does not exist for a number that is nobody’s', async () => {
    const support = await world.signIn(await world.addStaff('support'));
    expect((await support.get('/staff/payments/999999')).status).toBe(404);
  });
});
