import { addDays, type Clock, type Day, fixedClock } from '../src/platform/clock.ts';
import type { Config } from '../src/platform/config.ts';
import type { Db } from '../src/platform/db/database.ts';
import { inTransaction } from '../src/platform/db/transaction.ts';
import { InsufficientBalance } from '../src/domain/errors.ts';
import { Money } from '../src/domain/money/money.ts';
import { SANDBOX } from '../src/domain/gateways/sandbox.ts';
import { activateOrder } from '../src/domain/orders/activate-order.ts';
import { markOrderCancelled } from '../src/domain/orders/mark-cancelled.ts';
import { paidUntil } from '../src/domain/orders/period.ts';
import { placeOrder } from '../src/domain/orders/place-order.ts';
import { issueRenewalInvoice } from '../src/domain/renewals/issue-renewal-invoice.ts';
import { suspendOrder } from '../src/domain/renewals/suspend-order.ts';
import { cancelUnpaidInvoice } from '../src/domain/cancellations/cancel-unpaid-invoice.ts';
import { createTopUp } from '../src/domain/payments/create-top-up.ts';
import { payInvoices } from '../src/domain/payments/pay-invoices.ts';
import { recordGatewayEvent } from '../src/domain/payments/record-gateway-event.ts';
import { startPayment } from '../src/domain/payments/start-payment.ts';
import { adjustBalance } from '../src/domain/staff/adjust-balance.ts';
import type { OrderStory } from './stories.ts';

type PlayConfig = Pick<Config, 'seller' | 'ratesMaxAgeDays' | 'topUpMin' | 'topUpMax' | 'timeZone'>;

interface CustomerHistory {
  customerId: number;
  staffUserId: number;
  orders: OrderStory[];
  /** Taken in turn when the balance is short. */
  topUpCurrencies: string[];
  topUpAmounts: string[];
}

/** Something that is to happen on a day; it may plan what follows. */
interface Event {
  day: Day;
  act(clock: Clock): Promise<void>;
}

/** Days before the end of the period when renewals are issued (rule B1); they are paid a day or more later. */
const RENEWAL_ISSUED_BEFORE = 5;
const GRACE_DAYS = 3;
const STOPS_PAYING: OrderStory['ending']['is'][] = ['renewal_unpaid', 'overdue', 'suspended'];

/** Plays a customer's orders day by day up to today, with the commands that a customer, staff and the calendar use. */
export async function playHistory(db: Db, clock: Clock, config: PlayConfig, history: CustomerHistory): Promise<void> {
  const today = clock.today();
  const agenda: Event[] = [];
  const { customerId } = history;
  let topUps = 0;
  let addresses = 0;

  const plan = (day: Day, act: Event['act']) => {
    if (day <= today) agenda.push({ day, act });
  };

  async function pay(at: Clock, invoiceId: number) {
    for (;;) {
      try {
        return await payInvoices(db, at, { customerId, userId: null, invoiceIds: [invoiceId] });
      } catch (error) {
        if (!(error instanceof InsufficientBalance)) throw error;
        await topUp(at);
      }
    }
  }

  async function topUp(at: Clock) {
    const currency = history.topUpCurrencies[topUps % history.topUpCurrencies.length] as string;
    const amount = history.topUpAmounts[topUps % history.topUpAmounts.length] as string;
    topUps += 1;
    const money = Money.of(amount, currency);
    const invoice = await createTopUp(db, at, config, { customerId, pay: money });
    const started = await startPayment(db, at, config, {
      customerId,
      invoiceId: invoice.id,
      gateway: SANDBOX,
    });
    if (started.outcome !== 'started') throw new Error('A fresh quote has run out');
    const { reference } = started;
    await recordGatewayEvent(db, at, SANDBOX, { id: `evt_${reference}`, type: 'captured', reference, money });
  }

  for (const order of history.orders) plan(order.placedOn, (at) => place(at, order));
  const adjustedOn = history.orders.map((order) => order.placedOn).sort()[Math.floor(history.orders.length / 2)] as Day;
  plan(adjustedOn, (at) => compensate(at));

  async function place(at: Clock, order: OrderStory) {
    const { orderId, invoice } = await placeOrder(db, at, config.seller, {
      customerId,
      plan: order.plan,
      months: order.months,
      hostname: order.hostname,
      os: 'debian-13',
      serviceName: order.serviceName,
      comment: order.comment,
    });
    if (order.ending.is === 'awaiting_payment') return;
    if (order.ending.is === 'unpaid_cancelled')
      return plan(
        order.ending.on,
        async (then) => void (await cancelUnpaidInvoice(db, then, { customerId, userId: null, invoiceId: invoice.id })),
      );
    await pay(at, invoice.id);
    if (order.ending.is === 'provisioning') return;
    await setUp(at, orderId);
    if (order.ending.is === 'cancelled')
      plan(order.ending.on, (then) =>
        inTransaction(db, (trx) => markOrderCancelled(trx, then, { customerId, orderId })),
      );
    if (order.ending.is === 'suspended' && order.ending.reason === 'abuse')
      plan(addDays(today, -4), (then) =>
        inTransaction(db, (trx) => suspendOrder(trx, then, { customerId, orderId, reason: 'abuse' })),
      );
    planRenewal(order, orderId, order.months);
  }

  /** A VPS has its address from the pool already; a server gets one from staff. */
  async function setUp(at: Clock, orderId: number) {
    const order = await db('orders').where({ id: orderId }).first<{ status: string }>('status');
    if (order.status !== 'provisioning') return;
    addresses += 1;
    const ip = `185.23.${customerId % 250}.${addresses}`;
    await inTransaction(db, (trx) => activateOrder(trx, at, { customerId, orderId, ip, userId: history.staffUserId }));
  }

  function planRenewal(order: OrderStory, orderId: number, paidMonths: number) {
    const end = paidUntil(order.placedOn, paidMonths);
    const { ending } = order;
    if (ending.is === 'cancelled' && end >= ending.on) return;
    plan(addDays(end, -RENEWAL_ISSUED_BEFORE), async (at) => {
      // The stories that stop paying have their last paid day within these two weeks, or ahead.
      const last = STOPS_PAYING.includes(ending.is) && end >= addDays(today, -15);
      if (ending.is === 'suspended' && ending.reason === 'abuse' && last) return;
      const invoice = await inTransaction(db, (trx) =>
        issueRenewalInvoice(trx, at, config.seller, { customerId, renewals: [{ orderId }] }),
      );
      if (last) return planSuspension(order, orderId, end);
      await pay(at, invoice.id);
      planRenewal(order, orderId, paidMonths + order.months);
    });
  }

  function planSuspension(order: OrderStory, orderId: number, end: Day) {
    if (order.ending.is !== 'suspended') return;
    plan(addDays(end, GRACE_DAYS + 1), (at) =>
      inTransaction(db, (trx) => suspendOrder(trx, at, { customerId, orderId, reason: 'non_payment' })),
    );
  }

  async function compensate(at: Clock) {
    const { account_currency } = await db('customers').where({ id: customerId }).first('account_currency');
    await adjustBalance(db, at, {
      customerId,
      userId: history.staffUserId,
      money: Money.of('15.00', account_currency),
      reason: 'Compensation for the outage in Amsterdam',
    });
  }

  while (agenda.length > 0) {
    agenda.sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0));
    const event = agenda.shift() as Event;
    const morning = new Date(`${event.day}T09:12:00Z`);
    const now = clock.now();
    await event.act(fixedClock(morning < now ? morning : now, config.timeZone));
  }
}
