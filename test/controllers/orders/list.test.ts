import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTransaction } from '../../../src/platform/db/transaction.ts';
import { listOrders, ORDER_SORTS } from '../../../src/domain/orders/order-list-queries.ts';
import { SHOWN_ORDER_STATUSES } from '../../../src/domain/orders/order.ts';
import { suspendOrder } from '../../../src/domain/renewals/suspend-order.ts';
import type { TestCustomer } from '../../support/people.ts';
import type { Page } from '../../support/page.ts';
import type { Visitor } from '../../support/visitor.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let customer: TestCustomer;
let visitor: Visitor;
const ids: Record<string, number> = {};

beforeAll(async () => {
  world = await createWorld();
  customer = await world.addCustomer();
  world.clock.set('2026-02-05T10:00:00Z');
  ids['overdue'] = await world.addActiveOrder(customer, { hostname: 'mail.example.com' }, '185.22.61.90');
  ids['suspended'] = await world.addActiveOrder(customer, { plan: 'vps-1', comment: 'Клиент: Восход' });
  await inTransaction(world.db, (trx) =>
    suspendOrder(trx, world.clock, {
      customerId: customer.customerId,
      orderId: ids['suspended'] ?? 0,
      reason: 'abuse',
    }),
  );
  world.clock.set('2026-03-10T12:00:00Z');
  ids['active'] = await world.addActiveOrder(
    customer,
    { plan: 'vps-4-nvme', months: 12, serviceName: 'Shop_100%' },
    '185.22.61.14',
  );
  ids['dedicated'] = await world.addActiveOrder(customer, { plan: 'ds-e-2388g' });
  const awaiting = await world.placeOrder(customer, { plan: 'vps-8', hostname: 'new.example.com' });
  ids['awaiting'] = awaiting.orderId;
  visitor = await world.signIn(customer);
});
afterAll(() => world.close());

const rows = (page: Page) => page.attributes('#list tbody tr[data-id]', 'data-id').map(Number);
const list = async (query: string) => rows(await visitor.get(`/orders?${query}`));

describe('the list of orders', () => {
  it('has exactly these columns, in this order (O1)', async () => {
    const page = await visitor.get('/orders');
    expect(page.texts('#list thead th')).toEqual([
      'Select all on this page',
      'ID',
      'Plan',
      'Hostname',
      'IP address',
      'Paid until',
      'Days left',
      'Status',
      'Price',
      'Action',
    ]);
    expect(page.textOf('.lead')).toBe('5 orders, 3 need attention');
    expect(await list('attention=1')).toHaveLength(3);
  });

  it('shows optional columns that the customer switched on, and remembers them (O1)', async () => {
    await visitor.get('/orders');
    await visitor.submit('/orders/columns', { column: ['comment', 'created'] });
    const page = await (await world.signIn(customer)).get('/orders');
    expect(page.texts('#list thead th').slice(-4)).toEqual(['Price', 'Comment', 'Created', 'Action']);
    expect(page.texts('#list thead th')).not.toContain('Hostname');
    await visitor.submit('/orders/columns', {});
    expect((await visitor.get('/orders')).$('#list thead th')).toHaveLength(9);
  });

  it.each([
    ['ID', () => String(ids['active']), 'active'],
    ['plan', () => '4 nvme', 'active'],
    ['IP address', () => '61.14', 'active'],
    ['service name', () => 'SHOP', 'active'],
    ['location', () => 'frankf', 'dedicated'],
    ['status, by its name', () => 'awaiting', 'awaiting'],
    ['status and plan', () => 'active ds', 'dedicated'],
    ['hostname', () => 'mail.ex', 'overdue'],
    ['comment, in any case', () => 'восХОД', 'suspended'],
    ['signs of LIKE taken literally', () => '_100%', 'active'],
    ['several words, all of them', () => 'nvme 185.22 shop', 'active'],
  ])('finds by %s (O2)', async (_name, query, expected) => {
    expect(await list(new URLSearchParams({ q: query() }).toString())).toEqual([ids[expected]]);
  });

  it('finds nothing when one of the words is nowhere, and offers to clear the search (O2)', async () => {
    const page = await visitor.get('/orders?q=nvme+nowhere');
    expect(rows(page)).toEqual([]);
    expect(page.$('.empty').text()).toContain('No orders match');
    expect(page.link('.empty a')).toBe('/orders');
  });

  it('sorts by every column, both ways, and says so in the header (O3)', async () => {
    await visitor.get('/orders');
    await visitor.submit('/orders/columns', { column: 'created' });
    for (const sort of ['id', 'plan', 'ip', 'paid_until', 'days_left', 'status', 'price', 'created']) {
      const ascending = await visitor.get(`/orders?sort=${sort}&dir=asc`);
      const descending = await visitor.get(`/orders?sort=${sort}&dir=desc`);
      expect(ascending.attribute('[aria-sort]', 'aria-sort')).toBe('ascending');
      expect(descending.attribute('[aria-sort]', 'aria-sort')).toBe('descending');
      expect(rows(ascending).toSorted()).toEqual(rows(descending).toSorted());
    }
    await visitor.submit('/orders/columns', {});
    const { overdue, suspended, active, dedicated, awaiting } = ids;
    expect(await list('sort=id&dir=asc')).toEqual([overdue, suspended, active, dedicated, awaiting]);
    expect(await list('sort=price&dir=desc')).toEqual([active, dedicated, awaiting, overdue, suspended]);
    expect(await list('sort=paid_until&dir=asc')).toEqual([overdue, suspended, dedicated, active, awaiting]);
    expect(await list('sort=status&dir=asc')).toEqual([active, dedicated, overdue, suspended, awaiting]);
  });

  it('filters by status and category, and the filters stay in every link (O3)', async () => {
    expect(await list('status=overdue')).toEqual([ids['overdue']]);
    expect(await list('category=dedicated')).toEqual([ids['dedicated']]);
    expect(await list('status=active&category=vps')).toEqual([ids['active']]);
    const page = await visitor.get('/orders?status=active&q=a&sort=price&dir=desc');
    expect(page.link('th a')).toContain('status=active');
    expect(page.link('[data-live-part=download]')).toBe('/orders.csv?q=a&sort=price&dir=desc&status=active');
  });

  it('counts and pages, and a page past the end is the last one (O3)', async () => {
    const page = await visitor.get('/orders?per=10&page=99');
    expect(page.textOf('.pagination [data-count]')).toBe('1–5 of 5');
  });

  it('links each ID to the order and offers only what is allowed now (O4)', async () => {
    const page = await visitor.get('/orders');
    for (const cell of ['c-id', 'c-plan'])
      expect(page.link(`tr[data-id=${ids['active']}] .${cell} a`)).toBe(`/orders/${ids['active']}`);
    expect(page.textOf(`tr[data-id=${ids['awaiting']}] .row-actions > a`)).toBe('Pay');
    expect(page.textOf(`tr[data-id=${ids['active']}] .row-actions > a`)).toBe('Renew');
    expect(page.$(`tr[data-id=${ids['suspended']}] .row-actions > a`)).toHaveLength(0);
  });

  it('shows the derived status and the days left (O5, O6)', async () => {
    const page = await visitor.get('/orders');
    const row = `tr[data-id=${ids['overdue']}]`;
    expect(page.attribute(row, 'data-status')).toBe('overdue');
    expect(page.textOf(`${row} .c-days_left`)).toBe('−6 days');
    for (const status of SHOWN_ORDER_STATUSES) expect((await visitor.get(`/orders?status=${status}`)).status).toBe(200);
  });

  it.each([
    'sort=; drop table orders',
    'dir=sideways',
    'page=-1',
    'page=99999999999999999999',
    'per=1000000',
    'status=whatever',
    'category[]=vps',
    'q[]=x',
    'sort=id&sort=ip',
    `q=${'x'.repeat(3000)}`,
    'per=NaN',
  ])('ignores an odd address (security 30): %s', async (query) => {
    expect((await visitor.get(`/orders?${query}`)).status).toBe(200);
  });

  it('is exported as CSV with the same filters, formulas neutralised (security 32)', async () => {
    const risky = await world.addCustomer();
    await world.placeOrder(risky, { comment: '=HYPERLINK("http://evil")' });
    const csv = await (await world.signIn(risky)).get('/orders.csv');
    expect(csv.headers['content-type']).toContain('text/csv');
    expect(csv.text).toContain(`"'=HYPERLINK(""http://evil"")"`);
    // Some spreadsheets ignore invisible characters before the equals sign.
    for (const unseen of ['\u200b', '\ufeff', '\u00a0', '\u2003', '\u202e', '\u00ad', '\u3164', '\u2060\u200b ']) {
      await world.placeOrder(risky, { comment: `${unseen}=1+1` });
      const { text } = await (await world.signIn(risky)).get('/orders.csv');
      expect(text).toContain(`,'${unseen}=1+1,`);
    }
    const filtered = await visitor.get('/orders.csv?status=overdue');
    expect(filtered.text.trim().split('\n')).toHaveLength(2);
  });

  it('shows a search that is cut off in the middle of a sign', async () => {
    const page = await visitor.get(`/orders?q=${'x'.repeat(99)}${encodeURIComponent('😀')}`);
    expect(page.status).toBe(200);
    expect(page.value('input[name=q]')).toBe(`${'x'.repeat(99)}\ufffd`);
  });

  it.each(ORDER_SORTS)(
    'sorted by %s, shows each order once, its last pages too, which are read from the end',
    async (sort) => {
      const today = world.clock.today();
      const filter = { customerId: customer.customerId, q: '' };
      for (const dir of ['asc', 'desc'] as const) {
        const whole = await listOrders(world.db, filter, today, { sort, dir, limit: 100, offset: 0 });
        const pages = whole.map(async (_, offset) => {
          const window = { sort, dir, limit: 2, offset, found: whole.length };
          return (await listOrders(world.db, filter, today, window)).map(({ id }) => id);
        });
        const ids = whole.map(({ id }) => id);
        expect(await Promise.all(pages)).toEqual(ids.map((_, offset) => ids.slice(offset, offset + 2)));
      }
    },
  );
});
