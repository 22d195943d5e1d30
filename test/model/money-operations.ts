import { Money } from '../../src/domain/money/money.ts';
import { SANDBOX } from '../../src/domain/gateways/sandbox.ts';
import { cancelUnpaidInvoice } from '../../src/domain/cancellations/cancel-unpaid-invoice.ts';
import { recordGatewayEvent } from '../../src/domain/payments/record-gateway-event.ts';
import { adjustBalance } from '../../src/domain/staff/adjust-balance.ts';
import { choose } from '../support/random.ts';
import type { Operation } from './model.ts';

export const PLANS = ['vps-1', 'vps-2', 'vps-4', 'vps-8', 'ds-e-2276g', 'ds-e-2388g'];
const TOP_UPS: [string, string][] = [
  ['200.00', 'EUR'],
  ['500.00', 'USD'],
  ['50000.00', 'RUB'],
  ['30000', 'JPY'],
];

export const topUp: Operation = async ({ world, model, random }) => {
  const [amount, currency] = choose(TOP_UPS, random) ?? ['', ''];
  const started = await world.startTopUp(model.customer, amount, currency);
  const quote = await world.db('quotes').where({ invoice_id: started.invoiceId }).first();
  model.payments.push({ ...started, credit: quote.credit_amount, reported: false });
};

/** Reported once, or again: credited once. */
export const reportPayment: Operation = async (turn) => {
  const { world, model, random } = turn;
  const payment = choose(model.payments, random);
  if (!payment) return topUp(turn);
  const first = !payment.reported;
  payment.reported = true;
  if (first) model.credit(payment.credit);
  const id = `evt_${payment.reference}_${random(3)}`;
  await recordGatewayEvent(world.db, world.clock, SANDBOX, { id, type: 'captured', ...payment });
};

export const order: Operation = ({ world, model, random }) =>
  world.placeOrder(model.customer, { plan: choose(PLANS, random) ?? '', months: choose([1, 3, 12], random) ?? 1 });

export const pay: Operation = async (turn) => {
  const { world, model, random } = turn;
  const unpaid = await world.unpaidInvoicesOf(model.customer).pluck<number[]>('id');
  const chosen = [choose(unpaid, random), choose(unpaid, random)].filter((id) => id !== undefined);
  if (chosen.length === 0) return order(turn);
  const ids = [...new Set(chosen)];
  await world.pay(model.customer, ...ids);
  // An upgrade paid later costs less than its invoice: what passed is credited.
  const paid = await world
    .db('invoices as i')
    .leftJoin('plan_changes as c', 'c.invoice_id', 'i.id')
    .whereIn('i.id', ids)
    .select<{ net: string }[]>(world.db.raw('coalesce(c.amount, i.total) as net'));
  for (const { net } of paid) model.debit(net);
};

export const cancelInvoice: Operation = async (turn) => {
  const { world, model, random } = turn;
  const invoiceId = choose(await world.unpaidInvoicesOf(model.customer).pluck<number[]>('id'), random);
  if (invoiceId === undefined || random(3) > 0) return order(turn);
  const { customerId } = model.customer;
  await cancelUnpaidInvoice(world.db, world.clock, { customerId, userId: null, invoiceId });
};

export const adjust: Operation = async ({ world, model, random, staffId }) => {
  const money = Money.of(random(2) === 0 ? '77.77' : '-3.33', 'EUR');
  const { customerId } = model.customer;
  await adjustBalance(world.db, world.clock, { customerId, userId: staffId, money, reason: 'Model' });
  model.credit(money.amount);
};
