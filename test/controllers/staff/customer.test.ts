import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectInvariants } from '../../support/invariants.ts';
import type { TestCustomer } from '../../support/people.ts';
import type { Visitor } from '../../support/visitor.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let customer: TestCustomer;
let admin: Visitor;
beforeAll(async () => {
  world = await createWorld();
  customer = await world.addCustomer({ balance: '100.00' });
  admin = await world.signIn(await world.addStaff('admin'));
});
afterAll(async () => {
  await expectInvariants(world);
  await world.close();
});

const audit = () => world.db('audit_log').orderBy('id', 'desc').first();

describe('adjusting a balance', () => {
  const adjust = async (fields: Record<string, string>, visitor = admin) => {
    await visitor.get(`/staff/customers/${customer.customerId}`);
    return visitor.post(`/staff/customers/${customer.customerId}/adjustments`, {
      direction: 'credit',
      reason: 'Goodwill',
      ...fields,
    });
  };

  it('moves the ledger and writes the audit log in one transaction (S2, S3)', async () => {
    expect((await adjust({ amount: '12.34' })).status).toBe(303);
    expect((await adjust({ amount: '2.34', direction: 'debit' })).status).toBe(303);
    expect(await world.balanceOf(customer)).toBe('110.0000');
    expect(await audit()).toMatchObject({
      action: 'balance.adjusted',
      reason: 'Goodwill',
      details: { amount: '-2.34', before: '112.34', after: '110' },
    });
    const page = await admin.get('/staff/audit');
    expect(page.$('tbody tr').first().text()).toContain('Goodwill');
  });

  it.each([
    [{ amount: '' }, 'Enter an amount'],
    [{ amount: '-5' }, 'without a minus'],
    [{ amount: '1e3' }, 'digits'],
    [{ amount: '5', reason: ' ' }, 'Enter a reason'],
    [{ amount: '5', reason: 'x'.repeat(501) }, 'Enter a reason'],
    [{ amount: '999999', direction: 'debit' }, 'short'],
  ])('refuses %j with words and books nothing', async (fields, words) => {
    const before = await world.balanceOf(customer);
    const page = await adjust(fields);
    expect(page.status).toBe(422);
    expect(page.$('.field-error, .alert-bad').text()).toContain(words);
    expect(await world.balanceOf(customer)).toBe(before);
  });

  it('the same form sent twice, or 8 times at once, books once (S2)', async () => {
    const page = await admin.get(`/staff/customers/${customer.customerId}`);
    const key = page.value('form[action$=adjustments] input[name=key]');
    const before = Number(await world.balanceOf(customer));
    const fields = { _csrf: admin.token, direction: 'credit', amount: '5', reason: 'Once', key };
    const path = `/staff/customers/${customer.customerId}/adjustments`;
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => admin.agent.post(path).type('form').send(fields)),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([303]));
    expect(Number(await world.balanceOf(customer))).toBe(before + 5);
  });

  it('is open to billing and closed to support', async () => {
    const [billing, support] = [
      await world.signIn(await world.addStaff('billing')),
      await world.signIn(await world.addStaff('support')),
    ];
    const page = await support.get(`/staff/customers/${customer.customerId}`);
    expect(page.$('form[action$=adjustments]')).toHaveLength(0);
    expect((await adjust({ amount: '1' }, billing)).status).toBe(303);
    expect((await adjust({ amount: '1' }, support)).status).toBe(403);
  });
});

describe('customers', () => {
  it('show orders, invoices and the statement (S2)', async () => {
    await world.placeOrder(customer);
    const page = await admin.get(`/staff/customers/${customer.customerId}`);
    expect(page.$('tr[data-status=awaiting_payment]')).toHaveLength(1);
    expect(page.$('tr[data-status=unpaid]')).toHaveLength(1);
    expect(page.text).toContain('Goodwill');
  });
});
