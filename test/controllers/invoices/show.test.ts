import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Money } from '../../../src/domain/money/money.ts';
import { report } from '../../support/webhook.ts';
import type { Visitor } from '../../support/visitor.ts';
import { createWorld, type World } from '../../support/world.ts';
import { addCustomerWithInvoices, type CustomerWithInvoices } from './with-invoices.ts';

let world: World;
let account: CustomerWithInvoices;
let visitor: Visitor;
beforeAll(async () => {
  world = await createWorld();
  account = await addCustomerWithInvoices(world);
  visitor = await world.signIn(account.customer);
});
afterAll(() => world.close());

describe('an invoice', () => {
  it('shows balance before and after, is paid by one button, and moves the order', async () => {
    const buyer = await world.addCustomer({ balance: '60.00' });
    const order = await world.addActiveOrder(buyer, { plan: 'vps-4-nvme' });
    const renewal = await world.issueRenewal(buyer, order);
    const person = await world.signIn(buyer);
    const page = await person.get(`/invoices/${renewal.id}`);
    expect(page.textOf('.way .second-line')).toBe('€60.00 → €36.00');
    expect(page.textOf('button[value=balance]')).toBe('Pay €24.00');
    const paid = await person.submit(`/invoices/${renewal.id}/payment`, { method: 'balance' });
    expect(paid.textOf('.flash')).toMatch(/^Paid\. .+ runs until May 9, 2026\. Open the order$/);
    expect(paid.amount('#balance')).toBe('36.00');
    const shown = await person.get(`/orders/${order}`);
    expect(shown.text).toContain('May 9, 2026');
    const again = await person.submit(`/invoices/${renewal.id}/payment`, { method: 'balance' });
    expect(again.textOf('.flash-success')).toBe(`${renewal.number} is already paid. You were charged once.`);
    expect(again.amount('#balance')).toBe('36.00');
  });

  it('says by how much the balance is short and offers to top up exactly that (I6)', async () => {
    const poor = await world.addCustomer({ balance: '4.50' });
    const { invoice } = await world.placeOrder(poor, { plan: 'vps-2' });
    const page = await (await world.signIn(poor)).get(`/invoices/${invoice.id}`);
    expect(page.amount('[data-shortfall]')).toBe('5.00');
    expect(page.link('.pay-card .button-primary')).toBe(`/top-ups/new?amount=5&currency=EUR&pays=${invoice.id}`);
  });

  it('of a top-up says when another amount came than was asked for, and asks for nothing more (T6)', async () => {
    const payer = await world.addCustomer();
    const topUp = await world.startTopUp(payer, '50.00', 'EUR');
    await report(world, { ...topUp, money: Money.of('40.00', 'EUR') });
    const [invoice] = await world.topUpsOf(payer);
    const page = await (await world.signIn(payer)).get(`/invoices/${invoice.id}`);
    expect(page.textOf('.alert-warn')).toContain(
      '€40.00 was added to your balance, but it is not the amount of this invoice.',
    );
    expect(page.$('button[name=method]')).toHaveLength(0);
    expect(page.texts('.timeline li')[0]).toContain('€40.00 received, being reviewed by our staff');
  });

  it('of a top-up lists the credit in the currencies that are not paid', async () => {
    const payer = await world.addCustomer();
    const person = await world.signIn(payer);
    await person.get('/top-ups/new');
    const page = await person.submit('/top-ups', { amount: '50', currency: 'USD' });
    expect(page.attributes('.pay-card .equivalent data', 'data-currency')).not.toContain('USD');
  });

  it('an unpaid one is cancelled by the customer, and with it a new order (I8)', async () => {
    const buyer = await world.addCustomer();
    const { orderId: order, invoice } = await world.placeOrder(buyer);
    const person = await world.signIn(buyer);
    await person.get(`/invoices/${invoice.id}`);
    const page = await person.submit(`/invoices/${invoice.id}/cancellation`);
    expect(page.$('.flash').text()).toContain('order cancelled');
    expect((await world.order(order)).status).toBe('cancelled');
  });

  it('of somebody else is not there in any way (security 20)', async () => {
    const stranger = await world.signIn(await world.addCustomer({ balance: '100.00' }));
    const id = String(account.invoices.open.id);
    await stranger.get('/invoices');
    expect((await stranger.get(`/invoices/${id}`)).status).toBe(404);
    expect((await stranger.post(`/invoices/${id}/payment`, { method: 'balance' })).status).toBe(404);
    expect((await stranger.post(`/invoices/${id}/cancellation`)).status).toBe(404);
    expect((await stranger.get(`/invoices/payment?invoice=${id}`)).status).toBe(404);
    expect((await stranger.post('/invoices/payment', { invoice: id })).status).toBe(404);
    expect((await visitor.get('/invoices?status=unpaid')).$('#list tbody tr[data-id]')).toHaveLength(3);
  });

  it.each<Record<string, string>>([{ method: 'stripe' }, { method: '' }, { method: '__proto__' }, {}])(
    'refuses the odd method %j and books nothing',
    async (fields) => {
      await visitor.get(`/invoices/${account.invoices.open.id}`);
      const page = await visitor.post(`/invoices/${account.invoices.open.id}/payment`, fields);
      expect([400, 422]).toContain(page.status);
      expect(await world.balanceOf(account.customer)).toBe('46.7000');
    },
  );
});
