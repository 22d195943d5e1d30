import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
  await world.storeRates({ RUB: '93.5626' });
});
afterAll(() => world.close());

const LACKING = { address: '', phone: '' };

describe('the gate before every payment', () => {
  it('closes the payment of an invoice, takes the fields on the spot, and leads back to it (P1, P2)', async () => {
    const customer = await world.addCustomer({ balance: '50.00' });
    const { invoice } = await world.placeOrder(customer);
    await world.db('customers').where({ id: customer.customerId }).update(LACKING);
    const visitor = await world.signIn(customer);
    const page = await visitor.get(`/invoices/${invoice.id}`);
    expect(page.$('#profile-gate').text()).toContain('Address, Phone');
    const refused = await visitor.post(`/invoices/${invoice.id}/payment`, { method: 'balance' });
    expect(refused.status).toBe(422);
    expect(refused.$('#profile-gate input[name=phone]')).toHaveLength(1);
    expect(await world.invoice(invoice.id)).toMatchObject({ status: 'unpaid' });

    const returnTo = refused.value('#profile-gate input[name=return_to]');
    const back = await visitor.submit('/profile/missing-fields', {
      return_to: returnTo,
      address: 'ul. Prosta 1',
      phone: '+48 22 555',
    });
    expect(returnTo).toBe(`/invoices/${invoice.id}`);
    expect(back.$('button[value=balance]')).toHaveLength(1);
    await visitor.submit(`/invoices/${invoice.id}/payment`, { method: 'balance' });
    expect(await world.invoice(invoice.id)).toMatchObject({ status: 'paid' });
  });

  it('closes paying several at once and leads back to the same choice (P1, P2)', async () => {
    const customer = await world.addCustomer({ balance: '50.00' });
    const [first, second] = [await world.placeOrder(customer), await world.placeOrder(customer)];
    await world.db('customers').where({ id: customer.customerId }).update(LACKING);
    const visitor = await world.signIn(customer);
    await visitor.get('/invoices');
    const refused = await visitor.post('/invoices/payment', {
      invoice: [String(first.invoice.id), String(second.invoice.id)],
    });
    expect(refused.status).toBe(422);
    const returnTo = refused.value('#profile-gate input[name=return_to]');
    const back = await visitor.submit('/profile/missing-fields', {
      return_to: returnTo,
      address: 'ul. Prosta 1',
      phone: '+48 22 555',
    });
    expect(back.amount('[data-total]')).toBe('19.00');
  });

  it('closes top-ups and leads back with the amount typed (P1, P2)', async () => {
    const customer = await world.addCustomer({ currency: 'RUB', profile: LACKING });
    const visitor = await world.signIn(customer);
    await visitor.get('/top-ups/new');
    const refused = await visitor.post('/top-ups', { amount: '500', currency: 'RUB' });
    expect(refused.status).toBe(422);
    const returnTo = refused.value('#profile-gate input[name=return_to]');
    const back = await visitor.submit('/profile/missing-fields', {
      return_to: returnTo,
      address: 'ул. Абая 1',
      phone: '+7 495 555',
    });
    expect(back.value('#amount')).toBe('500');
    expect(await world.db('invoices').where({ customer_id: customer.customerId })).toHaveLength(0);
  });

  it('shows again what is wrong in the fields, and keeps what was typed (P2)', async () => {
    const customer = await world.addCustomer({ profile: LACKING });
    const visitor = await world.signIn(customer);
    await visitor.get('/top-ups/new');
    const again = await visitor.post('/profile/missing-fields', {
      return_to: '/top-ups/new',
      address: 'ul. Nowa 5',
      phone: 'call me',
    });
    expect(again.status).toBe(422);
    expect(again.$('#phone-error').text()).toContain('phone number');
    expect(again.value('input[name=address]')).toBe('ul. Nowa 5');
    expect(again.value('input[name=phone]')).toBe('call me');
  });
});
