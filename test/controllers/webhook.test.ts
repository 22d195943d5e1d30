import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { NotFound, WebhookRefused } from '../../src/domain/errors.ts';
import { Money } from '../../src/domain/money/money.ts';
import { SANDBOX_SIGNATURE_HEADER, sandboxGateway } from '../../src/domain/gateways/sandbox.ts';
import { sign } from '../../src/domain/gateways/signature.ts';
import { cancelUnpaidInvoice } from '../../src/domain/cancellations/cancel-unpaid-invoice.ts';
import { createTopUp } from '../../src/domain/payments/create-top-up.ts';
import { startPayment } from '../../src/domain/payments/start-payment.ts';
import { expectInvariants } from '../support/invariants.ts';
import type { TestCustomer } from '../support/people.ts';
import { SANDBOX_SECRET } from '../support/portal.ts';
import { bodyOf, report, send } from '../support/webhook.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
let customer: TestCustomer;
beforeAll(async () => {
  world = await createWorld({ pool: 32 });
  await world.storeRates({ USD: '1.0705', RUB: '93.5626', JPY: '171.94' });
});
afterAll(async () => {
  await expectInvariants(world);
  await world.close();
});
beforeEach(async () => {
  await world.openConnections();
  customer = await world.addCustomer();
});

const credits = async () => (await world.db('ledger_transactions').where({ customer_id: customer.customerId })).length;

describe('a payment that a gateway reports', () => {
  it('is kept, marked and acknowledged when it is worth more than the books can hold (T6)', async () => {
    const kazakh = await world.addCustomer({ currency: 'RUB' });
    const topUp = await world.startTopUp(kazakh, '50.00', 'EUR');
    const money = Money.of('999999999999999.99', 'EUR');
    expect(await report(world, { reference: topUp.reference, money })).toBe(200);
    expect(await world.balanceOf(kazakh)).toBe('0.0000');
    const payment = await world.db('payments').where({ reference: topUp.reference }).first();
    expect(payment).toMatchObject({ status: 'pending', marked_for: 'cannot_value' });
    const [event] = await world.db('webhook_events').where({ payment_id: payment.id });
    expect(event.body).toMatchObject({ amount: '999999999999999.99', currency: 'EUR' });
  });

  it('is credited as quoted and pays its top-up invoice (T5)', async () => {
    const topUp = await world.startTopUp(customer, '50.00', 'USD');
    expect(await report(world, topUp)).toBe(200);
    expect(await world.balanceOf(customer)).toBe('46.7000');
    expect(await world.invoice(topUp.invoiceId)).toMatchObject({ status: 'paid', balance_after: '46.7000' });
  });

  it('is an exchange of two balanced legs that refers to its quote (L4)', async () => {
    const topUp = await world.startTopUp(customer, '50.00', 'USD');
    await report(world, topUp);
    const transaction = await world.db('ledger_transactions').where({ customer_id: customer.customerId }).first();
    const entries = await world
      .db('ledger_entries as e')
      .join('ledger_accounts as a', 'a.id', 'e.account_id')
      .where({ transaction_id: transaction.id })
      .orderBy(['e.currency', 'e.amount'])
      .select('a.kind', 'e.amount', 'e.currency');
    expect(entries.map((entry) => `${entry.kind} ${entry.amount} ${entry.currency}`)).toEqual([
      'exchange -46.7000 EUR',
      'customer_balance 46.7000 EUR',
      'gateway_clearing -50.0000 USD',
      'exchange 50.0000 USD',
    ]);
    expect(transaction.quote_id).not.toBeNull();
  });

  it.each([
    ['one event sent 64 times', (index: number) => ({ id: 'evt_same' + customer.customerId, index })],
    ['64 events of one capture', (index: number) => ({ id: `evt_${customer.customerId}_${index}`, index })],
  ])('is credited exactly once: %s at once (T5)', async (_name, identify) => {
    const topUp = await world.startTopUp(customer, '20.00', 'EUR');
    const statuses = await Promise.all(
      Array.from({ length: 64 }, (_, index) => report(world, { ...topUp, id: identify(index).id })),
    );
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(await world.balanceOf(customer)).toBe('20.0000');
    expect(await credits()).toBe(1);
  });

  it('is credited exactly once whatever the order and mixture of events (T5)', async () => {
    const topUp = await world.startTopUp(customer, '20.00', 'EUR');
    const types = ['pending', 'captured', 'declined'] as const;
    await Promise.all(
      Array.from({ length: 63 }, (_, index) => report(world, { ...topUp, type: types[index % 3] ?? 'captured' })),
    );
    expect(await world.balanceOf(customer)).toBe('20.0000');
    expect(await world.db('payments').where({ reference: topUp.reference }).first()).toMatchObject({
      status: 'captured',
    });
  });

  it('a capture after a refusal counts, a refusal after a capture does not (T5)', async () => {
    const topUp = await world.startTopUp(customer, '20.00', 'EUR');
    await report(world, { ...topUp, type: 'declined' });
    expect(await world.balanceOf(customer)).toBe('0.0000');
    await report(world, topUp);
    await report(world, { ...topUp, type: 'declined' });
    expect(await world.balanceOf(customer)).toBe('20.0000');
    expect(await world.invoice(topUp.invoiceId)).toMatchObject({ status: 'paid' });
  });

  it.each([
    ['another amount', '30.00', 'USD', '28.0200', 'amount_differs'],
    ['another currency', '935.63', 'RUB', '10.0000', 'currency_differs'],
  ])(
    'of %s is credited by its own value, marked, and does not settle the invoice (T6)',
    async (_name, amount, currency, balance, mark) => {
      const topUp = await world.startTopUp(customer, '50.00', 'USD');
      expect(await report(world, { ...topUp, money: Money.of(amount, currency) })).toBe(200);
      expect(await world.balanceOf(customer)).toBe(balance);
      expect(await world.invoice(topUp.invoiceId)).toMatchObject({ status: 'unpaid' });
      expect(await world.db('payments').where({ reference: topUp.reference }).first()).toMatchObject({
        status: 'captured',
        marked_for: mark,
      });
    },
  );

  it.each([
    ['a currency nobody knows', '10', 'XXX'],
    ['a currency without a rate', '10', 'KWD'],
    ['less than a minor unit', '1719.4', 'JPY'],
    ['nothing', '0', 'USD'],
  ])('of %s is kept and marked for staff, and never lost (T6)', async (_name, amount, currency) => {
    const topUp = await world.startTopUp(customer, '50.00', 'USD');
    for (let again = 0; again < 2; again++)
      expect(await report(world, { ...topUp, money: Money.of(amount, currency) })).toBe(200);
    expect(await world.balanceOf(customer)).toBe('0.0000');
    const payment = await world.db('payments').where({ reference: topUp.reference }).first();
    expect(payment).toMatchObject({ status: 'pending', marked_for: 'cannot_value' });
    expect(await world.db('webhook_events').where({ payment_id: payment.id }).first()).toMatchObject({
      body: { currency },
    });
  });

  it('captured again with another amount is marked for staff and changes nothing (T6)', async () => {
    const topUp = await world.startTopUp(customer, '50.00', 'USD');
    await report(world, topUp);
    await report(world, { ...topUp, money: Money.of('500.00', 'USD') });
    expect(await world.balanceOf(customer)).toBe('46.7000');
    expect(await world.db('payments').where({ reference: topUp.reference }).first()).toMatchObject({
      captured_amount: '50.0000',
      marked_for: 'captured_again',
    });
  });

  it('keeps the first mark when a differing capture is told again with another amount (T6)', async () => {
    const topUp = await world.startTopUp(customer, '50.00', 'USD');
    for (const amount of ['30.00', '31.00']) await report(world, { ...topUp, money: Money.of(amount, 'USD') });
    expect(await world.db('payments').where({ reference: topUp.reference }).first()).toMatchObject({
      captured_amount: '30.0000',
      marked_for: 'amount_differs',
    });
    expect(await world.db('ledger_transactions').where({ customer_id: customer.customerId }).first()).toMatchObject({
      quote_id: null,
    });
  });

  it('a refused payment is not reopened by a late “pending” (T5)', async () => {
    const topUp = await world.startTopUp(customer, '20.00', 'EUR');
    await report(world, { ...topUp, type: 'declined' });
    await report(world, { ...topUp, type: 'pending' });
    expect(await world.db('payments').where({ reference: topUp.reference }).first()).toMatchObject({
      status: 'declined',
    });
  });

  it('an event that is told again, late, does not undo what came after it (T5)', async () => {
    const topUp = await world.startTopUp(customer, '20.00', 'EUR');
    const first = { ...topUp, id: `evt_first_${customer.customerId}`, money: Money.of('10', 'XXX') };
    await report(world, first);
    await report(world, { ...topUp, type: 'declined' });
    expect(await report(world, first)).toBe(200);
    expect(await world.db('payments').where({ reference: topUp.reference }).first()).toMatchObject({
      status: 'declined',
    });
  });

  it('what a payment was started for, and what was captured, is never changed (T6)', async () => {
    const topUp = await world.startTopUp(customer, '20.00', 'EUR');
    const payment = () => world.owner('payments').where({ reference: topUp.reference });
    await expect(payment().update({ amount: '1' })).rejects.toThrow(/is not changed/);
    await report(world, topUp);
    await expect(payment().update({ captured_amount: '1' })).rejects.toThrow(/captured payment is not changed/);
    await expect(payment().delete()).rejects.toThrow(/not deleted/);
  });

  it('for a cancelled invoice goes to the balance (T6)', async () => {
    const topUp = await world.startTopUp(customer, '20.00', 'EUR');
    await cancelUnpaidInvoice(world.db, world.clock, {
      customerId: customer.customerId,
      userId: null,
      invoiceId: topUp.invoiceId,
    });
    await report(world, topUp);
    expect(await world.balanceOf(customer)).toBe('20.0000');
    expect(await world.invoice(topUp.invoiceId)).toMatchObject({ status: 'cancelled' });
    expect(await world.db('payments').where({ reference: topUp.reference }).first()).toMatchObject({
      marked_for: 'invoice_not_unpaid',
    });
  });

  it('by which a paid invoice is paid again goes to the balance (T6)', async () => {
    const first = await world.startTopUp(customer, '20.00', 'EUR');
    const second = `pay_second_${first.reference}`;
    const { id: _id, ...row } = await world.db('payments').where({ reference: first.reference }).first();
    await world.db('payments').insert({ ...row, reference: second });
    await Promise.all([report(world, first), report(world, { ...first, reference: second })]);
    expect(await world.balanceOf(customer)).toBe('40.0000');
    expect(await world.db('payments').where({ invoice_id: first.invoiceId }).whereNotNull('marked_for')).toHaveLength(
      1,
    );
  });

  it('keeps the quote with which it was started in time (T2)', async () => {
    const topUp = await world.startTopUp(customer, '50.00', 'USD');
    await world.storeRates({ USD: '1.2000' });
    await report(world, topUp);
    expect(await world.balanceOf(customer)).toBe('46.7000');
    await world.storeRates({ USD: '1.0705' });
  });

  it('is credited by the quote of its own invoice, whatever was quoted for others since (T2)', async () => {
    const started = await createTopUp(world.db, world.clock, world.config, {
      customerId: customer.customerId,
      pay: Money.of('50.00', 'USD'),
    });
    await world.startTopUp(await world.addCustomer(), '7.00', 'USD');
    const { customerId } = customer;
    await startPayment(world.db, world.clock, world.config, { customerId, invoiceId: started.id, gateway: 'sandbox' });
    const { reference } = await world.db('payments').where({ invoice_id: started.id }).first();
    await report(world, { reference, money: Money.of('50.00', 'USD') });
    expect(await world.balanceOf(customer)).toBe('46.7000');
  });
});

describe('a top-up that was made to pay invoices', () => {
  const topUpFor = async (amount: string, ...invoiceIds: number[]) => {
    const { customerId } = customer;
    const invoice = await createTopUp(world.db, world.clock, world.config, {
      customerId,
      pay: Money.of(amount, 'EUR'),
      pays: invoiceIds,
    });
    const started = await startPayment(world.db, world.clock, world.config, {
      customerId,
      invoiceId: invoice.id,
      gateway: 'sandbox',
    });
    if (started.outcome !== 'started') throw new Error('The quote has run out');
    return { reference: started.reference, money: Money.of(amount, 'EUR') };
  };

  it('pays them by itself, exactly once, however often its money is reported (I6)', async () => {
    await world.credit(customer, '4.50');
    const { orderId, invoice } = await world.placeOrder(customer);
    const topUp = await topUpFor('5.00', invoice.id);
    await Promise.all(Array.from({ length: 16 }, () => report(world, topUp)));
    expect(await world.invoice(invoice.id)).toMatchObject({ status: 'paid' });
    expect(await world.order(orderId)).toMatchObject({ status: 'provisioning' });
    expect(await world.balanceOf(customer)).toBe('0.0000');
  });

  it('keeps the money on the balance when they were paid, cancelled or grew too dear meanwhile (I6)', async () => {
    const [paid, cancelled] = [await world.placeOrder(customer), await world.placeOrder(customer)];
    const topUps = [
      await topUpFor('9.50', paid.invoice.id),
      await topUpFor('9.50', cancelled.invoice.id),
      await topUpFor('1.00', (await world.placeOrder(customer)).invoice.id),
    ];
    await world.credit(customer, '9.50');
    await world.pay(customer, paid.invoice.id);
    await cancelUnpaidInvoice(world.db, world.clock, {
      customerId: customer.customerId,
      userId: null,
      invoiceId: cancelled.invoice.id,
    });
    for (const topUp of topUps) await report(world, topUp);
    expect(await world.balanceOf(customer)).toBe('10.5000');
  });

  it('refuses invoices of others, and those that are not to pay', async () => {
    const stranger = await world.addCustomer();
    const { invoice } = await world.placeOrder(stranger);
    await expect(topUpFor('10.00', invoice.id)).rejects.toThrow(NotFound);
    await world.credit(customer, '9.50');
    const paid = await world.placeOrder(customer);
    await world.pay(customer, paid.invoice.id);
    await expect(topUpFor('10.00', paid.invoice.id)).rejects.toThrow(NotFound);
  });
});

describe('a webhook (security 39)', () => {
  const refused = async (topUp: { reference: string; money: Money }, signature: string, body = bodyOf(topUp)) => {
    const status = await send(world, body, signature);
    expect(await credits()).toBe(0);
    return status;
  };
  const at = (seconds: number) => new Date(world.clock.now().getTime() + seconds * 1000);

  it('without a signature, or with one of another shape, books nothing', async () => {
    const topUp = await world.startTopUp(customer, '20.00', 'EUR');
    for (const signature of ['', 'nonsense', 't=1,v1=', `t=,v1=${'0'.repeat(64)}`])
      expect(await refused(topUp, signature)).toBe(400);
  });

  it('with a wrong or an empty secret books nothing', async () => {
    const topUp = await world.startTopUp(customer, '20.00', 'EUR');
    const body = bodyOf(topUp);
    for (const secret of ['another secret of some length', ''])
      expect(await refused(topUp, sign(secret, body, at(0)), body)).toBe(400);
  });

  it('is not believed by a gateway whose own secret is empty, or too short', () => {
    const body = Buffer.from(bodyOf({ reference: 'pay_1', money: Money.of('20.00', 'EUR') }));
    for (const secret of ['', 'short']) {
      const headers = { [SANDBOX_SIGNATURE_HEADER]: sign(secret, body, at(0)) };
      expect(() => sandboxGateway(secret).readEvent(headers, body, at(0))).toThrow(WebhookRefused);
    }
  });

  it('with an altered body books nothing', async () => {
    const topUp = await world.startTopUp(customer, '20.00', 'EUR');
    const signature = sign(SANDBOX_SECRET, bodyOf({ ...topUp, id: 'evt' }), at(0));
    expect(await refused(topUp, signature, bodyOf({ ...topUp, id: 'evt', money: Money.of('2000', 'EUR') }))).toBe(400);
  });

  it.each([-301, 301])('signed %i seconds away books nothing', async (seconds) => {
    const topUp = await world.startTopUp(customer, '20.00', 'EUR');
    const body = bodyOf(topUp);
    expect(await refused(topUp, sign(SANDBOX_SECRET, body, at(seconds)), body)).toBe(400);
  });

  it('signed within 300 seconds counts', async () => {
    const topUp = await world.startTopUp(customer, '20.00', 'EUR');
    const body = bodyOf(topUp);
    expect(await send(world, body, sign(SANDBOX_SECRET, body, at(-299)))).toBe(200);
  });

  it('of another gateway, of an unknown payment, or that is no event books nothing', async () => {
    const topUp = await world.startTopUp(customer, '20.00', 'EUR');
    const other = bodyOf(topUp).replace('"sandbox"', '"stripe"');
    expect(await refused(topUp, sign(SANDBOX_SECRET, other, at(0)), other)).toBe(400);
    expect(await report(world, { ...topUp, reference: 'pay_nobody' })).toBe(404);
    for (const odd of ['', '[]', bodyOf({ ...topUp, id: 'evt\u0000' }), '{"type":"captured"}', 'not json'])
      expect(await refused(topUp, sign(SANDBOX_SECRET, odd, at(0)), odd)).toBe(400);
    const path = await fetch(`${world.url}/webhooks/unknown`, { method: 'POST', body: '{}' });
    expect(path.status).toBe(404);
  });

  it('sees no cookie and needs no token', async () => {
    const topUp = await world.startTopUp(customer, '20.00', 'EUR');
    const body = bodyOf(topUp);
    const response = await fetch(`${world.url}/webhooks/sandbox`, {
      method: 'POST',
      headers: { 'sandbox-signature': sign(SANDBOX_SECRET, body, at(0)), cookie: 'kabinet=planted' },
      body,
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('set-cookie')).toBeNull();
  });
});
