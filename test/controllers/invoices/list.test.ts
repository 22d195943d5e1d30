import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { INVOICE_SORTS, listInvoices } from '../../../src/domain/invoices/invoice-list-queries.ts';
import type { Page } from '../../support/page.ts';
import type { Visitor } from '../../support/visitor.ts';
import { createWorld, type World } from '../../support/world.ts';
import { addCustomerWithInvoices, type CustomerWithInvoices } from './with-invoices.ts';

let world: World;
let orderId: number;
let invoices: CustomerWithInvoices['invoices'];
let visitor: Visitor;
let customer: CustomerWithInvoices['customer'];
beforeAll(async () => {
  world = await createWorld();
  const account = await addCustomerWithInvoices(world);
  ({ orderId, invoices, customer } = account);
  visitor = await world.signIn(customer);
});
afterAll(() => world.close());

const rows = (page: Page) => page.texts('#list tbody tr[data-id] th a');
const list = async (query: string) => rows(await visitor.get(`/invoices?${query}`));
const numberOf = (name: keyof typeof invoices) => invoices[name].number;

describe('the list of invoices', () => {
  it('has exactly these columns, in this order (I1)', async () => {
    const page = await visitor.get('/invoices');
    expect(page.texts('#list thead th')).toEqual([
      'Select all on this page',
      'Number',
      'Order',
      'Issued',
      'Due',
      'Paid on',
      'Months',
      'Status',
      'Amount',
      'Balance after',
      'Action',
    ]);
  });

  it('shows what was paid, and the balance after it (I1)', async () => {
    const page = await visitor.get('/invoices?kind=top_up');
    const values = page.money('#list tbody');
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
    const link = page.link(`tr[data-id=${orderId}] a[href^="/invoices?"]`);
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
    for (const link of page.attributes('#list thead a, #list .pagination a, [data-live-part=download]', 'href'))
      expect(link).toContain(`order=${orderId}`);
    const csv = await visitor.get(`/invoices.csv?order=${orderId}`);
    expect(csv.text.trim().split('\n')).toHaveLength(1 + 2);
    const all = page.link('[data-all-orders]');
    expect(all).toContain('sort=amount');
    expect(rows(await visitor.get(all))).toHaveLength(5);
    expect((await visitor.get(`/orders/${orderId}`)).$(`a[href="/invoices?order=${orderId}"]`)).toHaveLength(1);
  });

  it('begins with what is to be paid, the first due at the top, and links to just that (I1)', async () => {
    const page = await visitor.get('/invoices');
    expect(page.attributes('#list tbody tr', 'data-status').slice(0, 3)).toEqual(['overdue', 'unpaid', 'unpaid']);
    const due = page.attributes('#list tbody .c-due time', 'datetime').slice(0, 3);
    expect(due).toEqual(due.toSorted());
    const [, count, amount] = /^(\d+) to pay, €([\d.]+) in all$/.exec(page.textOf('.lead')) ?? [];
    const toPay = await visitor.get(page.link('.lead a'));
    expect(rows(toPay)).toHaveLength(Number(count));
    const total = toPay.amounts('#list .c-amount').reduce((sum, one) => sum + Number(one), 0);
    expect(total.toFixed(2)).toBe(amount);
  });

  it('leaves out top-ups that were not completed, unless asked for (I1)', async () => {
    const payer = await world.addCustomer();
    await world.startTopUp(payer, '20.00', 'EUR');
    const person = await world.signIn(payer);
    expect(rows(await person.get('/invoices'))).toEqual([]);
    const asked = await person.get('/invoices?kind=top_up');
    expect(rows(asked)).toHaveLength(1);
    expect(asked.textOf('#list .badge')).toBe('Not completed');
  });

  it.each([
    ['min=abc', 'That is not an amount.', 'min', 'abc'],
    ['from=31.12.2026', 'That is not a date.', 'from', '31.12.2026'],
    ['from=2026-03-02&to=2026-03-01', 'The first date is after the last one.', 'from', '2026-03-02'],
    ['min=10&max=5', 'The least amount is above the greatest.', 'max', '5'],
  ])(
    'says that it cannot filter by %s, keeps what was typed, and shows the rest',
    async (query, words, field, typed) => {
      const page = await visitor.get(`/invoices?${query}`);
      expect(page.textOf('.filter-problem')).toContain(words);
      expect(page.value(`input[name=${field}]`)).toBe(typed);
      expect(rows(page)).toHaveLength(5);
    },
  );

  it('says everything that it cannot filter by, not the first alone', async () => {
    const page = await visitor.get('/invoices?from=2026-03-02&to=2026-03-01&min=abc');
    expect(page.texts('.filter-problem .field-error')).toEqual([
      'The first date is after the last one. The list is shown without them.',
      'That is not an amount. The list is shown without it.',
    ]);
  });

  it('finds a number without its zeros, and by the hostname of its order (I2)', async () => {
    const number = numberOf('renewal');
    expect(await list(`q=${number.toLowerCase().replace(/-0+/, '-')}`)).toEqual([number]);
    const { hostname } = await world.order(orderId);
    expect(await list(`q=${hostname}`)).toContain(number);
  });

  it('filters by a month, a quarter or a year without typing dates (I2)', async () => {
    expect(await list('issued=this_month')).toHaveLength(4);
    expect(await list('issued=last_month')).toHaveLength(0);
    expect(await list('issued=this_quarter')).toHaveLength(5);
    expect(await list('issued=last_year')).toHaveLength(0);
  });

  it('of a stranger’s order there are none (I2)', async () => {
    const stranger = await world.placeOrder(await world.addCustomer());
    expect(await list(`order=${stranger.orderId}`)).toEqual([]);
  });

  it('sorts by every column (I2)', async () => {
    for (const sort of ['number', 'order', 'issued', 'due', 'paid', 'months', 'amount', 'balance_after', 'status'])
      for (const dir of ['asc', 'desc']) expect(await list(`sort=${sort}&dir=${dir}`)).toHaveLength(5);
    expect((await list('sort=amount&dir=asc&kind=service'))[0]).toBe(numberOf('overdue'));
  });

  it.each(INVOICE_SORTS)(
    'sorted by %s, shows each invoice once, its last pages too, which are read from the end',
    async (sort) => {
      const filter = { customerId: customer.customerId, timeZone: 'UTC' };
      const read = (window: { dir: 'asc' | 'desc'; limit: number; offset: number; found?: number }) =>
        listInvoices(world.db, filter, world.clock.today(), { sort, ...window });
      for (const dir of ['asc', 'desc'] as const) {
        const ids = (await read({ dir, limit: 100, offset: 0 })).map(({ id }) => id);
        const pages = await Promise.all(ids.map((_, offset) => read({ dir, limit: 2, offset, found: ids.length })));
        expect(pages.map((page) => page.map(({ id }) => id))).toEqual(
          ids.map((_, offset) => ids.slice(offset, offset + 2)),
        );
      }
    },
  );

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
    expect((await world.invoice(invoices.overdue.id)).status).toBe('unpaid');
  });

  it('is exported as CSV with the same filters', async () => {
    const csv = await visitor.get('/invoices.csv?kind=top_up');
    expect(csv.text).toContain(',50.00,USD,46.70,Paid');
  });
});
