import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTransaction } from '../../../src/platform/db/transaction.ts';
import { markOrderCancelled } from '../../../src/domain/orders/mark-cancelled.ts';
import type { ShownOrderStatus } from '../../../src/domain/orders/order.ts';
import { suspendOrder } from '../../../src/domain/renewals/suspend-order.ts';
import { NOW } from '../../support/clock.ts';
import type { TestCustomer } from '../../support/people.ts';
import type { Visitor } from '../../support/visitor.ts';
import { createWorld, type World } from '../../support/world.ts';

type Action = 'pay' | 'renew' | 'change plan' | 'cancel now' | 'cancel later' | 'auto-renewal' | 'order again';

/** The table of rule O5: what a customer may do in each status, and nothing else. */
const ALLOWED: Record<ShownOrderStatus, Action[]> = {
  awaiting_payment: ['pay', 'cancel now'],
  provisioning: [],
  active: ['renew', 'change plan', 'cancel now', 'cancel later', 'auto-renewal'],
  overdue: ['renew', 'cancel now'],
  suspended_non_payment: ['renew', 'cancel now'],
  suspended_abuse: [],
  cancelled: ['order again'],
};

/** What is posted for each action; paying and ordering again are tested with their own pages. */
const REQUESTS: Partial<Record<Action, [path: string, fields: Record<string, string>]>> = {
  renew: ['renewal', { months: '1' }],
  'change plan': ['plan-change', { plan: 'vps-1' }],
  'cancel now': ['cancellation', { when: 'now' }],
  'cancel later': ['cancellation', { when: 'period_end' }],
  'auto-renewal': ['auto-renewal', { enabled: 'on' }],
};

let world: World;
let customer: TestCustomer;
let visitor: Visitor;
beforeAll(async () => {
  world = await createWorld();
  customer = await world.addCustomer({ balance: '1000.00' });
});
afterAll(() => world.close());

/** An order in the status; the clock is set to a day on which it is in it. */
async function orderIn(status: ShownOrderStatus): Promise<number> {
  world.clock.set(NOW);
  const { customerId } = customer;
  if (status === 'awaiting_payment') return (await world.placeOrder(customer)).orderId;
  if (status === 'provisioning') {
    const { orderId, invoice } = await world.placeOrder(customer);
    await world.pay(customer, invoice.id);
    return orderId;
  }
  const orderId = await world.addActiveOrder(customer, { plan: 'vps-2' });
  await inTransaction(world.db, async (trx) => {
    if (status === 'suspended_non_payment')
      await suspendOrder(trx, world.clock, { customerId, orderId, reason: 'non_payment' });
    if (status === 'suspended_abuse') await suspendOrder(trx, world.clock, { customerId, orderId, reason: 'abuse' });
    if (status === 'cancelled') await markOrderCancelled(trx, world.clock, { customerId, orderId });
  });
  if (status === 'overdue') world.clock.set('2026-04-11T12:00:00Z');
  return orderId;
}

/** The actions that a piece of a page offers, by where its links lead. */
function offered(html: string, orderId: number): Set<Action> {
  const path = `/orders/${orderId}`;
  const found: [Action, boolean][] = [
    ['pay', /href="\/invoices\/\d+"[^>]*>\s*Pay/.test(html)],
    ['renew', html.includes(`${path}/renewal"`)],
    ['change plan', html.includes(`${path}/plan-change"`)],
    ['cancel now', html.includes(`${path}/cancellation"`)],
    ['auto-renewal', html.includes(`${path}/auto-renewal"`)],
    ['order again', html.includes('/orders/new?plan=')],
  ];
  return new Set(found.filter(([, there]) => there).map(([action]) => action));
}

describe.each(Object.entries(ALLOWED) as [ShownOrderStatus, Action[]][])(
  'an order that is %s (O5)',
  (status, allowed) => {
    const onPage = new Set(allowed.filter((action) => action !== 'cancel later'));

    it('offers on its page and in the list what can be done, and nothing else', async () => {
      const orderId = await orderIn(status);
      visitor = await world.signIn(customer);
      const page = await visitor.get(`/orders/${orderId}`);
      expect(page.$('main .heading .badge').first().text()).not.toBe('');
      expect(offered(page.$('main').html() ?? '', orderId)).toEqual(onPage);
      const list = await visitor.get(`/orders?q=${orderId}&per=100`);
      const row = `tr[data-id=${orderId}]`;
      expect(list.attribute(row, 'data-status')).toBe(status);
      // The switch of auto-renewal is on the order's own page.
      const inRow = new Set([...onPage].filter((action) => action !== 'auto-renewal'));
      expect(offered(list.$(row).html() ?? '', orderId)).toEqual(inRow);
      const cancellation = await visitor.get(`/orders/${orderId}/cancellation`);
      expect(cancellation.$('button[value=period_end]').length).toBe(allowed.includes('cancel later') ? 1 : 0);
    });

    it.each(Object.keys(REQUESTS) as Action[])('by request: %s', async (action) => {
      const orderId = await orderIn(status);
      visitor = await world.signIn(customer);
      await visitor.get('/orders');
      const [path, fields] = REQUESTS[action] as [string, Record<string, string>];
      const before = await world.order(orderId);
      const answer = await visitor.post(`/orders/${orderId}/${path}`, fields);
      expect([action, answer.status]).toEqual([action, allowed.includes(action) ? 303 : 422]);
      if (!allowed.includes(action)) expect(await world.order(orderId)).toEqual(before);
    });
  },
);

describe('auto-renewal', () => {
  it.each(Object.keys(ALLOWED) as ShownOrderStatus[])(
    'is switched off in every status: %s (O5, B2)',
    async (status) => {
      const orderId = await orderIn(status);
      await world.db('orders').where({ id: orderId }).update({ auto_renewal: true });
      visitor = await world.signIn(customer);
      const page = await visitor.get(`/orders/${orderId}`);
      const button = page.$(`form[action="/orders/${orderId}/auto-renewal"] button[value=off]`);
      expect(button).toHaveLength(status === 'cancelled' ? 0 : 1);
      expect((await visitor.post(`/orders/${orderId}/auto-renewal`, { enabled: 'off' })).status).toBe(303);
      expect(await world.order(orderId)).toMatchObject({ auto_renewal: false });
    },
  );
});
