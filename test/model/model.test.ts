import { expect, it } from 'vitest';
import { inTransaction } from '../../src/platform/db/transaction.ts';
import { Refusal } from '../../src/domain/errors.ts';
import { Exact, Money } from '../../src/domain/money/money.ts';
import { SANDBOX } from '../../src/domain/gateways/sandbox.ts';
import { activateOrder } from '../../src/domain/orders/activate-order.ts';
import { renewOrders } from '../../src/domain/renewals/renew-orders.ts';
import { changePlan } from '../../src/domain/plan-changes/change-plan.ts';
import { cancelAtPeriodEnd, undoCancellationAtPeriodEnd } from '../../src/domain/cancellations/cancel-at-period-end.ts';
import { cancelOrder } from '../../src/domain/cancellations/cancel-order.ts';
import { cancelUnpaidInvoice } from '../../src/domain/cancellations/cancel-unpaid-invoice.ts';
import { recordGatewayEvent } from '../../src/domain/payments/record-gateway-event.ts';
import { runBilling } from '../../src/domain/billing/run-billing.ts';
import { adjustBalance } from '../../src/domain/staff/adjust-balance.ts';
import { seedProvisioning } from '../../seeds/catalogue.ts';
import { expectInvariants } from '../support/invariants.ts';
import type { TestCustomer } from '../support/people.ts';
import { createWorld } from '../support/world.ts';

const CUSTOMERS = 8;
const WORKERS = 10;
const OPERATIONS_EACH = 520;
const SEED = 20260310;

/** mulberry32: the same numbers each time, so that a failure can be run again. */
function randomFrom(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** What a customer should have: moved by what the application says it accepted. */
interface Model extends TestCustomer {
  balance: Exact;
  payments: { reference: string; money: Money; credit: string; reported: boolean }[];
}

type Random = (below: number) => number;

const PLANS = ['vps-1', 'vps-2', 'vps-4', 'vps-8', 'ds-e-2276g', 'ds-e-2388g'];

it('thousands of random operations of customers, staff and the calendar, by many workers, leave what a simple model says, and true books', async () => {
  const world = await createWorld({ pool: 40, environment: { RATES_MAX_AGE_DAYS: '3650' } });
  const { db, clock } = world;
  const { seller } = world.config;
  await world.storeRates({ USD: '1.0705', RUB: '93.5626', JPY: '171.94' });
  await inTransaction(db, (trx) => seedProvisioning(trx, '10.77.0.1', 2000));
  const { userId } = await world.addStaff('billing');
  const models: Model[] = await Promise.all(
    Array.from({ length: CUSTOMERS }, async () => ({
      ...(await world.addCustomer()),
      balance: new Exact(0),
      payments: [],
    })),
  );
  const accepted = new Map<string, number>();
  let refused = 0;

  const choose = <T>(list: T[], random: Random): T | undefined => list[random(list.length)];
  const ordersOf = ({ customerId }: Model, ...statuses: string[]): Promise<number[]> =>
    db('orders').where({ customer_id: customerId }).whereIn('status', statuses).orderBy('id').pluck('id');
  const unpaidOf = ({ customerId }: Model): Promise<{ id: number; total: string }[]> =>
    db('invoices')
      .where({ customer_id: customerId, kind: 'service', status: 'unpaid' })
      .orderBy('id')
      .select('id', 'total');
  const credit = (model: Model, money: Money) => {
    model.balance = model.balance.plus(money.amount);
  };

  const operations: Record<string, (model: Model, random: Random) => Promise<unknown>> = {
    async topUp(model, random) {
      const [amount, currency] = [
        ['200.00', 'EUR'],
        ['500.00', 'USD'],
        ['50000.00', 'RUB'],
        ['30000', 'JPY'],
      ][random(4)] as [string, string];
      const started = await world.startTopUp(model, amount, currency);
      const quote = await db('quotes').where({ invoice_id: started.invoiceId }).first();
      model.payments.push({ ...started, credit: quote.credit_amount, reported: false });
    },
    /** Reported once, or again: credited once. */
    async report(model, random) {
      const payment = choose(model.payments, random);
      if (!payment) return operations['topUp']?.(model, random);
      const first = !payment.reported;
      payment.reported = true;
      if (first) model.balance = model.balance.plus(payment.credit);
      const id = `evt_${payment.reference}_${random(3)}`;
      await recordGatewayEvent(db, clock, SANDBOX, { id, type: 'captured', ...payment });
    },
    async order(model, random) {
      await world.placeOrder(model, {
        plan: choose(PLANS, random) ?? '',
        months: [1, 3, 12][random(3)] ?? 1,
      });
    },
    async pay(model, random) {
      const unpaid = await unpaidOf(model);
      const chosen = [choose(unpaid, random), choose(unpaid, random)].filter((invoice) => invoice !== undefined);
      if (chosen.length === 0) return operations['order']?.(model, random);
      const ids = [...new Set(chosen.map(({ id }) => id))];
      await world.pay(model, ...ids);
      // An upgrade paid later costs less than its invoice: what passed is credited.
      const paid = await db('invoices as i')
        .leftJoin('plan_changes as c', 'c.invoice_id', 'i.id')
        .whereIn('i.id', ids)
        .select<{ net: string }[]>(db.raw('coalesce(c.amount, i.total) as net'));
      for (const { net } of paid) model.balance = model.balance.minus(net);
    },
    async cancelInvoice(model, random) {
      const invoice = choose(await unpaidOf(model), random);
      if (!invoice || random(3) > 0) return operations['order']?.(model, random);
      await cancelUnpaidInvoice(db, clock, {
        customerId: model.customerId,
        userId: null,
        invoiceId: invoice.id,
      });
    },
    async setUp(model, random) {
      const orderId = choose(await ordersOf(model, 'provisioning'), random);
      if (orderId === undefined) return operations['pay']?.(model, random);
      const ip = `10.${orderId >> 16}.${(orderId >> 8) & 255}.${orderId & 255}`;
      await inTransaction(db, (trx) => activateOrder(trx, clock, { customerId: model.customerId, orderId, ip }));
    },
    async renew(model, random) {
      const orders = await ordersOf(model, 'active', 'suspended');
      const ids = [...new Set([choose(orders, random), choose(orders, random)].filter((id) => id !== undefined))];
      if (ids.length === 0) return operations['pay']?.(model, random);
      await renewOrders(db, clock, seller, {
        customerId: model.customerId,
        renewals: ids.map((orderId) => ({ orderId })),
      });
    },
    async changePlan(model, random) {
      const orderId = choose(await ordersOf(model, 'active'), random);
      if (orderId === undefined) return operations['pay']?.(model, random);
      const plan = choose(PLANS, random) ?? '';
      const changed = await changePlan(db, clock, seller, {
        customerId: model.customerId,
        userId: null,
        orderId,
        plan,
      });
      credit(model, changed.credit);
    },
    async cancelNow(model, random) {
      const orders = await ordersOf(model, 'active', 'suspended', 'awaiting_payment');
      const orderId = choose(orders, random);
      if (orderId === undefined || orders.length < 4) return operations['order']?.(model, random);
      const refund = await cancelOrder(db, clock, { customerId: model.customerId, userId: null, orderId, reason: '' });
      credit(model, refund);
    },
    async endAtPeriod(model, random) {
      const orderId = choose(await ordersOf(model, 'active'), random);
      if (orderId === undefined) return operations['pay']?.(model, random);
      await cancelAtPeriodEnd(db, clock, { customerId: model.customerId, userId: null, orderId, reason: '' });
    },
    async undo(model, random) {
      const ending: number[] = await db('orders')
        .where({ customer_id: model.customerId, ends_at_period: true })
        .pluck('id');
      const orderId = choose(ending, random);
      if (orderId === undefined) return operations['endAtPeriod']?.(model, random);
      await undoCancellationAtPeriodEnd(db, clock, { customerId: model.customerId, userId: null, orderId });
    },
    async adjust(model, random) {
      const money = Money.of(random(2) === 0 ? '77.77' : '-3.33', 'EUR');
      await adjustBalance(db, clock, { customerId: model.customerId, userId, money, reason: 'Model' });
      credit(model, money);
    },
    async dayPasses() {
      clock.advanceMinutes(24 * 60);
      const { failures } = await runBilling(db, clock, seller, { day: clock.today(), startedBy: 'schedule' });
      expect(failures).toBe(0);
    },
  };
  /** How often each, of a hundred. */
  const often: [string, number][] = [
    ['topUp', 8],
    ['report', 12],
    ['order', 12],
    ['pay', 24],
    ['cancelInvoice', 4],
    ['setUp', 10],
    ['renew', 8],
    ['changePlan', 8],
    ['cancelNow', 3],
    ['endAtPeriod', 3],
    ['undo', 3],
    ['adjust', 4],
    ['dayPasses', 1],
  ];
  const deck = often.flatMap(([name, times]) => Array.from({ length: times }, () => name));

  async function work(worker: number) {
    const random = randomFrom(SEED + worker);
    for (let operation = 0; operation < OPERATIONS_EACH; operation++) {
      const model = models[random(CUSTOMERS)] as Model;
      const name = choose(deck, random) ?? '';
      try {
        await operations[name]?.(model, random);
        accepted.set(name, (accepted.get(name) ?? 0) + 1);
      } catch (error) {
        // What the application refuses, it says; anything else fails the test. A quote may run out while a day passes.
        if (!(error instanceof Refusal) && !/quote has run out/.test(String(error))) throw error;
        refused += 1;
      }
    }
  }
  await world.openConnections();
  await Promise.all(Array.from({ length: WORKERS }, (_, worker) => work(worker)));

  for (const model of models) expect(new Exact(await world.balanceOf(model)).toFixed()).toBe(model.balance.toFixed());
  const done = [...accepted.values()].reduce((total, count) => total + count, 0);
  expect(done + refused).toBe(WORKERS * OPERATIONS_EACH);
  expect(done).toBeGreaterThan(refused);
  for (const [name] of often)
    expect([name, accepted.get(name) ?? 0]).toEqual([name, expect.toSatisfy((count: number) => count > 10)]);
  expect(await db('plan_changes')).not.toHaveLength(0);
  await expectInvariants(world);
  await world.close();
}, 300_000);
