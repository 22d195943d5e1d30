import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectInvariants } from '../../support/invariants.ts';
import type { TestCustomer } from '../../support/people.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let customer: TestCustomer;
beforeEach(async () => {
  world = await createWorld();
  customer = await world.addCustomer({ balance: '200.00' });
});
afterEach(async () => {
  await expectInvariants(world);
  await world.close();
});

const balance = async () =>
  (await world.db('ledger_accounts').where({ customer_id: customer.customerId, kind: 'customer_balance' }).first())
    .balance as string;

/** A dedicated server that is paid with its setup, and waits for staff. */
async function waitingOrder(): Promise<number> {
  const plan = await world.db('plans').where({ code: 'ds-e-2276g' }).first('id');
  await world
    .db('plan_setup_fees')
    .insert({ plan_id: plan.id, currency: 'EUR', fee: '49.00', valid_from: '2000-01-01' });
  const { orderId, invoice } = await world.placeOrder(customer, { plan: 'ds-e-2276g' });
  await world.pay(customer, invoice.id);
  return orderId;
}

describe('a paid order that cannot be set up', () => {
  it('is refused with all that was paid for it, its setup too, and its customer reads why', async () => {
    const orderId = await waitingOrder();
    expect(await balance()).toBe('72.0000');
    const admin = await world.signIn(await world.addStaff('admin'));
    const path = `/staff/orders/${orderId}/refusal`;
    const page = await admin.get(path);
    expect(page.$('.facts data.money').attr('value')).toBe('128.00');
    expect((await admin.post(path, { reason: '' })).textOf('#reason-error')).toContain('reason');
    await admin.submit(path, { reason: 'No such machine is left' });
    expect(await balance()).toBe('200.0000');
    expect(await world.order(orderId)).toMatchObject({ status: 'cancelled', cancel_reason: 'No such machine is left' });
    const mail = await world.db('mails').where({ kind: 'cancelled' }).first();
    expect(mail.data).toMatchObject({ reason: 'refused', credited: { amount: '128' } });
    const entry = await world.db('audit_log').where({ action: 'order.refused' }).first();
    expect(entry).toMatchObject({ reason: 'No such machine is left', role: 'admin' });
  });

  it('is refused once, of 16 at the same moment, and not once it is in service', async () => {
    const orderId = await waitingOrder();
    const admins = await Promise.all(
      Array.from({ length: 16 }, async () => world.signIn(await world.addStaff('admin'))),
    );
    const path = `/staff/orders/${orderId}/refusal`;
    await Promise.all(admins.map((admin) => admin.get(path)));
    const answers = await Promise.all(admins.map((admin) => admin.post(path, { reason: 'None left' })));
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    expect(await balance()).toBe('200.0000');
    const active = await world.addActiveOrder(customer);
    const page = await (admins[0] as (typeof admins)[number]).get(`/staff/orders/${active}/refusal`);
    expect(page.$('form[action$=refusal]')).toHaveLength(0);
  });
});
