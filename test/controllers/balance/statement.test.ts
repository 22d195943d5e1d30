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

  it('says which server was paid for until when, or how many, in its file too (L5)', async () => {
    const buyer = await world.addCustomer({ balance: '100.00' });
    const orderId = await world.addActiveOrder(buyer, { plan: 'vps-2', hostname: 'web1.kowalska.example' });
    const visitor = await world.signIn(buyer);
    const what = async () => (await visitor.get('/balance')).texts('#list tbody tr .second-line')[0];
    expect(await what()).toBe('VPS-2, web1.kowalska.example');
    await visitor.get(`/orders/${orderId}/renewal`);
    await visitor.post(`/orders/${orderId}/renewal`, { months: '1', pay: 'now' });
    expect(await what()).toBe('VPS-2, web1.kowalska.example, until May 9, 2026');
    const other = await world.addActiveOrder(buyer, { plan: 'vps-1' });
    await visitor.get('/orders/renewals');
    await visitor.post('/orders/renewals', { [`order[${orderId}]`]: '1', [`order[${other}]`]: '1', pay: 'now' });
    expect(await what()).toBe('VPS-2, web1.kowalska.example and 1 more');
    expect((await visitor.get('/balance.csv')).text).toContain('"VPS-2, web1.kowalska.example and 1 more"');
    await visitor.get(`/orders/${orderId}/plan-change`);
    await visitor.post(`/orders/${orderId}/plan-change`, { plan: 'vps-1' });
    expect(await what()).toBe('VPS-1, web1.kowalska.example');
  });

  it('is searched by invoice, order, hostname, amount and reason, by each word of it', async () => {
    const buyer = await world.addCustomer({ balance: '100.00' });
    const orderId = await world.addActiveOrder(buyer, { plan: 'vps-2', hostname: 'db7.kowalska.example' });
    await world.addActiveOrder(buyer, { plan: 'vps-1', hostname: 'web2.kowalska.example' });
    const visitor = await world.signIn(buyer);
    const all = (await visitor.get('/balance')).$('#list tbody tr').length;
    const found = async (q: string) =>
      (await visitor.get(`/balance?q=${encodeURIComponent(q)}`)).texts('#list tbody tr .second-line');
    const db7 = 'VPS-2, db7.kowalska.example';
    const { number } = (await world.db('invoices').where({ customer_id: buyer.customerId }).orderBy('id').first()) as {
      number: string;
    };
    for (const q of [
      'db7',
      `kowalska db7`,
      String(orderId),
      number,
      number.replace(/-0+/, '-').toLowerCase(),
      '€9.50',
      '9,50',
    ])
      expect(await found(q)).toEqual([db7]);
    expect((await visitor.get('/balance?q=test')).text).toContain('For the test');
    expect(await found('db7 web2')).toEqual([]);
    expect((await visitor.get('/balance?q=nothing')).text).toContain('No operations match these filters.');
    expect((await visitor.get('/balance?q=kowalska')).$('#list tbody tr').length).toBeLessThan(all);
    const stranger = await world.signIn(await world.addCustomer({ balance: '5.00' }));
    expect((await stranger.get('/balance?q=db7')).$('#list tbody tr')).toHaveLength(0);
  });
});
