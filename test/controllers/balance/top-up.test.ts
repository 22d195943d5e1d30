import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RatesTooOld } from '../../../src/domain/errors.ts';
import { Money } from '../../../src/domain/money/money.ts';
import { createTopUp } from '../../../src/domain/payments/create-top-up.ts';
import { startPayment } from '../../../src/domain/payments/start-payment.ts';
import { expectInvariants } from '../../support/invariants.ts';
import { report } from '../../support/webhook.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld({ environment: { RATES_MAX_AGE_DAYS: '7' } });
  await world.storeRates();
});
afterAll(async () => {
  await expectInvariants(world);
  await world.close();
});

describe('topping up', () => {
  it('the form has one field for each enabled currency and works without JavaScript (T1)', async () => {
    const visitor = await world.signIn(await world.addCustomer());
    const empty = await visitor.get('/top-ups/new');
    expect(empty.attributes('input[data-currency]', 'data-currency')).toEqual([
      'EUR',
      'USD',
      'GBP',
      'PLN',
      'RUB',
      'KZT',
      'JPY',
    ]);
    const filled = await visitor.get('/top-ups/new?amount=50&currency=USD');
    expect(filled.amount('[data-credited]')).toBe('46.70');
    expect(filled.value('#amount-GBP')).toBe('39.53');
  });

  it('the invoice holds the whole quote, with the rate, its date and source, and until when (T2)', async () => {
    const customer = await world.addCustomer();
    const visitor = await world.signIn(customer);
    await visitor.get('/top-ups/new');
    const page = await visitor.submit('/top-ups', { amount: '50', currency: 'USD' });
    expect(page.$('h1').text()).toMatch(/TOP-\d{6}/);
    expect(page.amounts('.quote')).toEqual(['50.00', '46.70']);
    expect(page.$('.quote').text()).toMatch(/1 USD = 0\.934\d+ EUR.*Mar 10, 2026, entered by hand/s);
    expect(page.$('.quote').text()).toContain('12:30');
  });

  it('a rate that crosses two currencies is told with the dates and the sources of both (C5)', async () => {
    const own = await createWorld();
    await own.storeRates({ USD: '1.0705' }, '2026-03-06', 'ecb');
    await own.storeRates({ RUB: '93.10' }, '2026-03-09', 'cbr');
    const visitor = await own.signIn(await own.addCustomer({ currency: 'RUB' }));
    const form = await visitor.get('/top-ups/new');
    const dated = 'Mar 6, 2026, European Central Bank; Mar 9, 2026, Bank of Russia';
    expect(form.attribute('#amount-USD', 'data-rate-note')).toBe(`Rate of ${dated}.`);
    const page = await visitor.submit('/top-ups', { amount: '50', currency: 'USD' });
    expect(page.$('.quote').text()).toContain(`(${dated})`);
    await own.close();
  });

  it('a quote that has run out is made anew, and shown, before the payment starts (T2)', async () => {
    const customer = await world.addCustomer();
    const visitor = await world.signIn(customer);
    await visitor.get('/top-ups/new');
    await visitor.submit('/top-ups', { amount: '107.05', currency: 'USD' });
    const [invoice] = await world.topUpsOf(customer);
    await visitor.get(`/invoices/${invoice.id}`);
    world.clock.advanceMinutes(31);
    await world.storeRates({ USD: '1.1000' });
    const again = await visitor.submit(`/invoices/${invoice.id}/payment`, { method: 'sandbox' });
    expect(again.text).toContain('The rate had expired');
    expect(again.amount('dd[data-credit]')).toBe('97.31');
    expect(await world.db('payments').where({ invoice_id: invoice.id })).toHaveLength(0);
    const bank = await visitor.submit(`/invoices/${invoice.id}/payment`, { method: 'sandbox' });
    expect(bank.$('h1').text()).toBe('Confirm the payment');
    await world.storeRates({ USD: '1.0705' });
  });

  it.each([
    ['', 'Enter an amount.'],
    ['abc', 'in digits'],
    ['-5', 'without a minus'],
    ['0', 'above zero'],
    ['1e309', 'in digits'],
    ['NaN', 'in digits'],
    ['0x10', 'in digits'],
    ['9'.repeat(30), 'too large'],
    ['1.001', 'decimals'],
    ['٥٠', 'in digits'],
    ['0.99', 'from €1.00 to €10,000.00'],
    ['10000.01', 'from €1.00 to €10,000.00'],
  ])('refuses the amount %j with words, keeps what was typed, and books nothing (T3)', async (amount, words) => {
    const customer = await world.addCustomer();
    const visitor = await world.signIn(customer);
    await visitor.get('/top-ups/new');
    const page = await visitor.post('/top-ups', { amount, currency: 'EUR' });
    expect(page.status).toBe(422);
    expect(page.$('.alert-bad').text()).toContain(words);
    expect(page.value('#amount')).toBe(amount);
    expect(await world.topUpsOf(customer)).toHaveLength(0);
  });

  it('has its limits in terms of the base currency (T3)', async () => {
    const visitor = await world.signIn(await world.addCustomer());
    await visitor.get('/top-ups/new');
    expect((await visitor.post('/top-ups', { amount: '93.56', currency: 'RUB' })).status).toBe(422);
    expect((await visitor.post('/top-ups', { amount: '93.57', currency: 'RUB' })).status).toBe(303);
    expect((await visitor.post('/top-ups', { amount: '100.5', currency: 'JPY' })).status).toBe(422);
  });

  it('refuses a currency that is not enabled, unknown, or sent twice', async () => {
    const customer = await world.addCustomer();
    const visitor = await world.signIn(customer);
    await visitor.get('/top-ups/new');
    for (const currency of ['CHF', 'XXX', '', '__proto__'])
      expect((await visitor.post('/top-ups', { amount: '50', currency })).status).toBe(422);
    expect((await visitor.post('/top-ups', { amount: '50', currency: ['EUR', 'USD'] })).status).toBe(400);
    expect(await world.topUpsOf(customer)).toHaveLength(0);
  });

  it('refuses a conversion without a rate and names the currency (C3)', async () => {
    const bare = await createWorld();
    const visitor = await bare.signIn(await bare.addCustomer());
    await visitor.get('/top-ups/new');
    const page = await visitor.post('/top-ups', { amount: '50', currency: 'USD' });
    expect(page.status).toBe(422);
    expect(page.$('.alert-bad').text()).toContain('no exchange rate for USD');
    expect((await visitor.post('/top-ups', { amount: '50', currency: 'EUR' })).status).toBe(303);
    await bare.close();
  });

  it('the account’s own currency is topped up without any rate, from one minor unit on (C5, T3)', async () => {
    const bare = await createWorld();
    const customer = await bare.addCustomer({ currency: 'RUB' });
    const visitor = await bare.signIn(customer);
    const form = await visitor.get('/top-ups/new');
    expect(form.value('#currency option')).toBe('RUB');
    expect(form.texts('.plain-top-up .hint')).toContain('From ₽0.01.');
    expect((await visitor.post('/top-ups', { amount: '500', currency: 'RUB' })).status).toBe(303);
    expect((await visitor.post('/top-ups', { amount: '0.01', currency: 'RUB' })).status).toBe(303);
    expect((await visitor.post('/top-ups', { amount: '9'.repeat(13), currency: 'RUB' })).status).toBe(422);
    const topUp = await bare.startTopUp(customer, '20000000.00', 'RUB');
    expect(await report(bare, topUp)).toBe(200);
    expect(await bare.balanceOf(customer)).toBe('20000000.0000');
    await expectInvariants(bare);
    await bare.close();
  });

  it('a shortfall above the most of one top-up says how many it takes, and promises no payment (T3, I6)', async () => {
    const small = await createWorld({ environment: { TOP_UP_MAX: '10' } });
    const customer = await small.addCustomer();
    const { invoice } = await small.placeOrder(customer, { plan: 'vps-2', months: 3 });
    const { total } = await small.invoice(invoice.id);
    const visitor = await small.signIn(customer);
    const page = await visitor.get(`/invoices/${invoice.id}`);
    expect(page.textOf('.pay-card a.button')).toBe('Top up €10.00');
    expect(page.link('.pay-card a.button')).not.toContain('pays=');
    expect(page.$('.pay-card .hint').text()).toContain(`this takes ${Math.ceil(Number(total) / 10)}`);
    await small.close();
  });

  it('rates older than allowed stop top-ups in another currency, and nothing else (C5)', async () => {
    const old = await createWorld({ environment: { RATES_MAX_AGE_DAYS: '7' } });
    await old.storeRates({ USD: '1.0705', GBP: '0.85', PLN: '4.3', RUB: '93', KZT: '610', JPY: '172' }, '2026-03-02');
    const visitor = await old.signIn(await old.addCustomer());
    const form = await visitor.get('/top-ups/new');
    expect(form.$('[data-stale-note]').text()).toContain('USD');
    expect(form.$('.balance-menu').text()).toContain('Mar 2, 2026');
    const refused = await visitor.post('/top-ups', { amount: '50', currency: 'USD' });
    expect(refused.status).toBe(422);
    expect(refused.$('.alert-bad').text()).toContain('too old');
    expect((await visitor.post('/top-ups', { amount: '50', currency: 'EUR' })).status).toBe(303);
    await old.close();
  });

  it('a quote that has run out is not made anew from rates that became too old meanwhile (C5)', async () => {
    const old = await createWorld({ environment: { RATES_MAX_AGE_DAYS: '7' } });
    await old.storeRates({ USD: '1.0705' }, '2026-03-04');
    const { customerId } = await old.addCustomer();
    const pay = Money.of('50.00', 'USD');
    const { id: invoiceId } = await createTopUp(old.db, old.clock, old.config, { customerId, pay });
    old.clock.set('2026-03-12T12:00:00Z');
    const again = startPayment(old.db, old.clock, old.config, { customerId, invoiceId, gateway: 'sandbox' });
    await expect(again).rejects.toThrow(RatesTooOld);
    expect(await old.db('quotes')).toHaveLength(1);
    await old.close();
  });
});

describe('the header of every page', () => {
  it('shows the balance and its equivalents with the date of the rate (C5)', async () => {
    const visitor = await world.signIn(await world.addCustomer({ balance: '100.00' }));
    const page = await visitor.get('/orders');
    expect(page.amount('#balance')).toBe('100.00');
    const shown = page.money('.balance-menu .equivalent');
    expect(shown).toEqual(['107.05 USD', '84.64 GBP', '430.90 PLN', '9356.26 RUB', '61024.00 KZT', '17194 JPY']);
    expect(page.$('.balance-menu').text()).toContain('Mar 10, 2026');
  });
});
