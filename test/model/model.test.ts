import { expect, it } from 'vitest';
import { inTransaction } from '../../src/db/transaction.ts';
import { InsufficientBalance, Refusal } from '../../src/errors.ts';
import { Exact, Money } from '../../src/money/money.ts';
import { activateOrder } from '../../src/orders/activate-order.ts';
import { cancelUnpaidInvoice } from '../../src/payments/cancel-unpaid-invoice.ts';
import { SANDBOX } from '../../src/payments/gateways/sandbox.ts';
import { recordGatewayEvent } from '../../src/payments/record-gateway-event.ts';
import { adjustBalance } from '../../src/staff/adjust-balance.ts';
import { expectInvariants } from '../support/invariants.ts';
import { World, type TestCustomer } from '../support/world.ts';

const CUSTOMERS = 5;
const WORKERS = 10;
const OPERATIONS_EACH = 250;
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
  unpaid: { id: number; total: string; starts?: number }[];
  /** Orders that were paid and wait for their server. */
  paid: number[];
  active: number[];
  payments: { reference: string; money: Money; credit: string; reported: boolean }[];
}

it('thousands of random operations by many workers leave what a simple model says, and true books', async () => {
  const world = await World.create({ pool: 40 });
  await world.storeRates({ USD: '1.0705', RUB: '93.5626', JPY: '171.94' });
  const { userId } = await world.addStaff('billing');
  const models: Model[] = await Promise.all(
    Array.from({ length: CUSTOMERS }, async () => ({
      ...(await world.addCustomer()), balance: new Exact(0), unpaid: [], paid: [], active: [], payments: [],
    })),
  ); // prettier-ignore
  const counts = { accepted: 0, refused: 0 };

  async function topUp(model: Model, random: (below: number) => number) {
    const [amount, currency] = [['20.00', 'EUR'], ['50.00', 'USD'], ['5000.00', 'RUB'], ['3000', 'JPY']][random(4)] as [string, string]; // prettier-ignore
    const started = await world.startTopUp(model, amount, currency);
    const quote = await world.db('quotes').where({ invoice_id: started.invoiceId }).first();
    model.payments.push({ ...started, credit: quote.credit_amount, reported: false });
  }

  /** Reported once, or again: credited once. */
  async function report(model: Model, random: (below: number) => number) {
    const payment = model.payments[random(model.payments.length)];
    if (!payment) return topUp(model, random);
    const first = !payment.reported;
    payment.reported = true;
    if (first) model.balance = model.balance.plus(payment.credit);
    const event = {
      id: `evt_${payment.reference}_${random(3)}`,
      type: 'captured' as const,
      reference: payment.reference,
      money: payment.money,
    };
    await recordGatewayEvent(world.db, world.clock, SANDBOX, event);
  }

  async function order(model: Model) {
    const { orderId, invoice } = await world.placeOrder(model, { plan: 'vps-1' });
    model.unpaid.push({ id: invoice.id, total: '5.00', starts: orderId });
  }

  async function pay(model: Model, random: (below: number) => number) {
    const chosen = [
      model.unpaid[random(model.unpaid.length)],
      model.unpaid[random(model.unpaid.length)],
    ].filter((invoice) => invoice !== undefined);
    if (chosen.length === 0) return order(model);
    const invoices = [...new Map(chosen.map((invoice) => [invoice.id, invoice])).values()];
    await world.pay(model, ...invoices.map(({ id }) => id));
    for (const { id, total, starts } of invoices) {
      if (starts !== undefined) model.paid.push(starts);
      model.balance = model.balance.minus(total);
      model.unpaid = model.unpaid.filter((invoice) => invoice.id !== id);
    }
  }

  async function cancel(model: Model, random: (below: number) => number) {
    const invoice = model.unpaid[random(model.unpaid.length)];
    if (!invoice) return order(model);
    await cancelUnpaidInvoice(world.db, world.clock, {
      customerId: model.customerId,
      userId: null,
      invoiceId: invoice.id,
    });
    model.unpaid = model.unpaid.filter(({ id }) => id !== invoice.id);
  }

  async function activate(model: Model) {
    const orderId = model.paid.shift();
    if (orderId === undefined) return order(model);
    await inTransaction(world.db, (trx) =>
      activateOrder(trx, world.clock, {
        customerId: model.customerId,
        orderId,
        ip: `10.${orderId >> 16}.${(orderId >> 8) & 255}.${orderId & 255}`,
      }),
    );
    model.active.push(orderId);
  }

  async function renew(model: Model, random: (below: number) => number) {
    const orderId = model.active[random(model.active.length)];
    if (orderId === undefined) return activate(model);
    const invoice = await world.issueRenewal(model, orderId);
    model.unpaid.push({ id: invoice.id, total: '5.00' });
  }

  async function adjust(model: Model, random: (below: number) => number) {
    const money = Money.of(random(2) === 0 ? '7.77' : '-3.33', 'EUR');
    await adjustBalance(world.db, world.clock, {
      customerId: model.customerId,
      userId,
      money,
      reason: 'Model',
    });
    model.balance = model.balance.plus(money.amount);
  }

  const operations = [topUp, report, report, order, pay, pay, cancel, activate, renew, adjust];
  async function work(worker: number) {
    const random = randomFrom(SEED + worker);
    for (let operation = 0; operation < OPERATIONS_EACH; operation++) {
      const model = models[random(CUSTOMERS)] as Model;
      try {
        await operations[random(operations.length)]?.(model, random);
        counts.accepted += 1;
      } catch (error) {
        // What the application refuses, it says; anything else fails the test.
        if (!(error instanceof Refusal)) throw error;
        counts.refused += 1;
      }
    }
  }
  await Promise.all(Array.from({ length: WORKERS }, (_, worker) => work(worker)));

  for (const model of models)
    expect(new Exact(await world.balanceOf(model)).toFixed()).toBe(model.balance.toFixed());
  expect(counts.accepted).toBeGreaterThan(counts.refused);
  for (const model of models) expect(model.active.length).toBeGreaterThan(0);
  await expect(
    world.pay(
      models[0] as Model,
      (await world.placeOrder(models[0] as Model, { plan: 'ds-epyc-9354p', months: 24 })).invoice.id,
    ),
  ).rejects.toThrow(InsufficientBalance);
  await expectInvariants(world);
  await world.close();
}, 120_000);
