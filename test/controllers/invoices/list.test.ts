import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page, Visitor } from '../../support/visitor.ts';
import { report } from '../../support/webhook.ts';
import { type TestCustomer, World } from '../../support/world.ts';

let world: World;
let customer: TestCustomer;
let visitor: Visitor;
const invoices: Record<string, { id: number; number: string }> = {};
let orderId: number;

beforeAll(async () => {
  world = await World.create();
  await world.storeRates({ USD: '1.0705' });
  customer = await world.addCustomer();
  world.clock.set('2026-01-10T10:00:00Z');
  invoices['overdue'] = (await world.placeOrder(customer, { plan: 'vps-1' })).invoice;
  world.clock.set('2026-03-10T12:00:00Z');
  orderId = await world.addActiveOrder(customer, { plan: 'vps-4', months: 3 });
  invoices['renewal'] = await world.issueRenewal(customer, orderId);
  invoices['open'] = (await world.placeOrder(customer, { plan: 'vps-2' })).invoice;
  const topUp = await world.startTopUp(customer, '50.00', 'USD');
  await report(world, topUp);
  visitor = await world.signIn(customer);
});
afterAll(() => world.close());

const rows = (page: Page) => page.$('#list tbody tr[data-id]').map((_, row) => page.$(row).find('th a').text()).get(); // prettier-ignore
const list = async (query: string) => rows(await visitor.get(`/invoices?${query}`));
const numberOf = (name: string) => invoices[name]?.number;

describe('the list of invoices', () => {
  it('has exactly these columns, in this order (I1)', async () => {
    const page = await visitor.get('/invoices');
    expect(
      page
        .$('#list thead th')
        .map((_, cell) => page.$(cell).text())
        .get(),
    ).toEqual([
      'Number',
      'Order',
      'Issued',
      'Paid on',
      'Period, months',
      'Amount',
      'Balance after',
      'Status',
      'Actions',
    ]);
  });

  it('shows what was paid, and the balance after it (I1)', async () => {
    const page = await visitor.get('/invoices?kind=top_up');
    const values = page
      .$('#list tbody data')
      .map((_, data) => `${page.$(data).attr('value')} ${page.$(data).attr('data-currency')}`)
      .get();
    expect(values).toEqual(['50.00 USD', '46.70 EUR']);
  });

  it('searches by number, order ID and amount (I2)', async () => {
    expect(await list(`q=${numberOf('open')}`)).toEqual([numberOf('open')]);
    expect(await list(`q=${orderId}`)).toEqual(expect.arrayContaining([numberOf('renewal')]));
    expect(await list('q=9.50')).toEqual([numberOf('open')]);
    expect(await list('q=9,5')).toEqual([numberOf('open')]);
  });

  it('filters by status, kind, dates, amounts and period (I2)', async () => {
    expect(await list('status=overdue')).toEqual([numberOf('overdue')]);
    expect(await list('status=paid&kind=service')).toHaveLength(1);
    expect(await list('to=2026-02-01')).toEqual([numberOf('overdue')]);
    expect(await list('from=2026-03-10&to=2026-03-10&status=unpaid')).toHaveLength(2);
    expect(await list('min=9.50&max=9.50')).toEqual([numberOf('open')]);
    expect(await list('months=3&status=unpaid')).toEqual([numberOf('renewal')]);
  });

  it('filters by order: its own invoices, and none that only share digits with it (I2)', async () => {
    const page = await visitor.get(`/orders?q=${orderId}`);
    const link = page.$(`tr[data-id=${orderId}] a[href^="/invoices?"]`).attr('href');
    expect(link).toBe(`/invoices?order=${orderId}`);
    const its = await list(`order=${orderId}`);
    expect(its).toHaveLength(2);
    expect(its).toContain(numberOf('renewal'));
    const start = String(orderId).slice(0, -1);
    expect((await list(`q=${start}`)).length).toBeGreaterThan(2);
    expect(await list(`order=${start}`)).toEqual([]);
    expect(await list(`order=${orderId}&status=unpaid`)).toEqual([numberOf('renewal')]);
  });

  it('shows the order it is filtered by, keeps it in every link, and lets go of it (I2)', async () => {
    const page = await visitor.get(`/invoices?order=${orderId}&sort=amount`);
    expect(page.$('.filters input[name=order]').val()).toBe(String(orderId));
    for (const link of page.$('#list thead a, #list .pagination a, [data-live-download]').get())
      expect(page.$(link).attr('href')).toContain(`order=${orderId}`);
    const csv = await visitor.get(`/invoices.csv?order=${orderId}`);
    expect(csv.text.trim().split('\n')).toHaveLength(1 + 2);
    const all = page.$('[data-all-orders]').attr('href') ?? '';
    expect(all).toContain('sort=amount');
    expect(rows(await visitor.get(all))).toHaveLength(5);
    expect((await visitor.get(`/orders/${orderId}`)).$(`a[href="/invoices?order=${orderId}"]`)).toHaveLength(1);
  });

  it('of a stranger’s order there are none (I2)', async () => {
    const stranger = await world.placeOrder(await world.addCustomer());
    expect(await list(`order=${stranger.orderId}`)).toEqual([]);
  });

  it('sorts by every column (I2)', async () => {
    for (const sort of ['number', 'order', 'issued', 'paid', 'months', 'amount', 'balance_after', 'status'])
      for (const dir of ['asc', 'desc']) expect(await list(`sort=${sort}&dir=${dir}`)).toHaveLength(5);
    expect((await list('sort=amount&dir=asc&kind=service'))[0]).toBe(numberOf('overdue'));
  });

  it.each([
    'from=yesterday',
    'to=2026-02-31',
    'min=-1',
    'max=1e309',
    'months=7',
    'status=x',
    'order=x',
    'order=1&order=2',
    'order=99999999999999999999',
    'kind=x',
    'sort=x',
    'min=1&min=2',
    'q=%27',
    'from=0000-01-01',
  ])('ignores an odd address (security 30): %s', async (query) => {
    expect((await visitor.get(`/invoices?${query}`)).status).toBe(200);
  });

  it('overdue is derived: unpaid and past its due date (I3)', async () => {
    const page = await visitor.get('/invoices?status=overdue');
    expect(page.$('tr[data-status=overdue]')).toHaveLength(1);
    expect((await world.invoice(invoices['overdue']?.id ?? 0)).status).toBe('unpaid');
  });

  it('is exported as CSV with the same filters', async () => {
    const csv = await visitor.get('/invoices.csv?kind=top_up');
    expect(csv.text).toContain(',50,USD,46.7,Paid');
  });
});

describe('an invoice', () => {
  it('shows balance before and after, is paid by one button, and moves the order', async () => {
    const buyer = await world.addCustomer({ balance: '60.00' });
    const order = await world.addActiveOrder(buyer, { plan: 'vps-4-nvme' });
    const renewal = await world.issueRenewal(buyer, order);
    const person = await world.signIn(buyer);
    const page = await person.get(`/invoices/${renewal.id}`);
    expect(page.$('.pay-column dd').last().text()).toBe('€60.00 → €36.00');
    expect(page.$('button[value=balance]').text()).toBe('Pay €24.00');
    const paid = await person.submit(`/invoices/${renewal.id}/payment`, { method: 'balance' });
    expect(paid.$('.flash').text()).toContain('paid');
    expect(paid.$('#balance data').attr('value')).toBe('36.00');
    const shown = await person.get(`/orders/${order}`);
    expect(shown.text).toContain('May 9, 2026');
    const again = await person.post(`/invoices/${renewal.id}/payment`, { method: 'balance' });
    expect(again.status).toBe(422);
    expect(again.$('.alert-bad').text()).toContain('no longer unpaid');
  });

  it('says by how much the balance is short and offers to top up exactly that (I6)', async () => {
    const poor = await world.addCustomer({ balance: '4.50' });
    const { invoice } = await world.placeOrder(poor, { plan: 'vps-2' });
    const page = await (await world.signIn(poor)).get(`/invoices/${invoice.id}`);
    expect(page.$('[data-shortfall] data').attr('value')).toBe('5.00');
    expect(page.$('.pay-column .button-primary').attr('href')).toBe(
      `/top-ups/new?amount=5&currency=EUR&pays=${invoice.id}`,
    );
  });

  it('several are chosen, their total shown, and paid together (I7)', async () => {
    const buyer = await world.addCustomer({ balance: '20.00' });
    const chosen = [await world.placeOrder(buyer), await world.placeOrder(buyer)].map(({ invoice }) =>
      String(invoice.id),
    );
    const person = await world.signIn(buyer);
    const review = await person.get(`/invoices/payment?invoice=${chosen.join('&invoice=')}`);
    expect(review.$('[data-total] data').attr('value')).toBe('19.00');
    expect(review.$('.before-after').text()).toContain('€20.00 → €1.00');
    const done = await person.submit('/invoices/payment', { invoice: chosen });
    expect(done.$('.flash').text()).toContain('2 invoices are paid');
    expect(done.$('#balance data').attr('value')).toBe('1.00');
  });

  it('an unpaid one is cancelled by the customer, and with it a new order (I8)', async () => {
    const buyer = await world.addCustomer();
    const { orderId: order, invoice } = await world.placeOrder(buyer);
    const person = await world.signIn(buyer);
    await person.get(`/invoices/${invoice.id}`);
    const page = await person.submit(`/invoices/${invoice.id}/cancellation`);
    expect(page.$('.flash').text()).toContain('its order are cancelled');
    expect((await world.order(order)).status).toBe('cancelled');
  });

  it('of somebody else is not there in any way (security 20)', async () => {
    const stranger = await world.signIn(await world.addCustomer({ balance: '100.00' }));
    const id = String(invoices['open']?.id);
    await stranger.get('/invoices');
    expect((await stranger.get(`/invoices/${id}`)).status).toBe(404);
    expect((await stranger.post(`/invoices/${id}/payment`, { method: 'balance' })).status).toBe(404);
    expect((await stranger.post(`/invoices/${id}/cancellation`)).status).toBe(404);
    expect((await stranger.get(`/invoices/payment?invoice=${id}`)).status).toBe(404);
    expect((await stranger.post('/invoices/payment', { invoice: id })).status).toBe(404);
    expect(await list('status=unpaid')).toHaveLength(3);
  });

  it.each<Record<string, string>>([{ method: 'stripe' }, { method: '' }, { method: '__proto__' }, {}])(
    'refuses the odd method %j and books nothing',
    async (fields) => {
      await visitor.get(`/invoices/${invoices['open']?.id}`);
      const page = await visitor.post(`/invoices/${invoices['open']?.id}/payment`, fields);
      expect([400, 422]).toContain(page.status);
      expect(await world.balanceOf(customer)).toBe('46.7000');
    },
  );
});

describe('the payment history', () => {
  it('shows every payment in and out, with its method, invoice and state', async () => {
    const page = await visitor.get('/invoices/payments');
    const shown = page
      .$('#list tbody tr')
      .map((_, row) =>
        page
          .$(row)
          .find('td')
          .slice(1)
          .map((_i, cell) => page.$(cell).text().trim())
          .get()
          .join(' | '),
      )
      .get();
    expect(shown).toEqual(expect.arrayContaining([
      'In | +$50.00 | Sandbox bank | TOP-000001 | Done',
      expect.stringMatching(/^Out \| −€60.00 \| Balance \| INV-\d+ \| Done$/),
    ])); // prettier-ignore
    const out = await visitor.get('/invoices/payments?direction=out');
    expect(out.$('#list tbody tr')).toHaveLength(1);
  });
});
