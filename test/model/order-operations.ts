import { expect } from 'vitest';
import { inTransaction } from '../../src/platform/db/transaction.ts';
import { activateOrder } from '../../src/domain/orders/activate-order.ts';
import { renewOrders } from '../../src/domain/renewals/renew-orders.ts';
import { changePlan as changePlanOf } from '../../src/domain/plan-changes/change-plan.ts';
import { cancelAtPeriodEnd, undoCancellationAtPeriodEnd } from '../../src/domain/cancellations/cancel-at-period-end.ts';
import { cancelOrder } from '../../src/domain/cancellations/cancel-order.ts';
import { choose } from '../support/random.ts';
import type { Operation, Turn } from './model.ts';
import { order, pay, PLANS } from './money-operations.ts';

export const setUp: Operation = async (turn) => {
  const { world, model, random } = turn;
  const orderId = choose(await ordersOf(turn, 'provisioning'), random);
  if (orderId === undefined) return pay(turn);
  const { customerId } = model.customer;
  const ip = `10.${orderId >> 16}.${(orderId >> 8) & 255}.${orderId & 255}`;
  await inTransaction(world.db, (trx) => activateOrder(trx, world.clock, { customerId, orderId, ip }));
};

export const renew: Operation = async (turn) => {
  const { world, model, random } = turn;
  const orders = await ordersOf(turn, 'active', 'suspended');
  const ids = new Set([choose(orders, random), choose(orders, random)].filter((id) => id !== undefined));
  if (ids.size === 0) return pay(turn);
  await renewOrders(world.db, world.clock, world.config.seller, {
    customerId: model.customer.customerId,
    renewals: [...ids].map((orderId) => ({ orderId })),
  });
};

export const changePlan: Operation = async (turn) => {
  const { world, model, random } = turn;
  const orderId = choose(await ordersOf(turn, 'active'), random);
  if (orderId === undefined) return pay(turn);
  const { credit } = await changePlanOf(world.db, world.clock, world.config.seller, {
    customerId: model.customer.customerId,
    userId: null,
    orderId,
    plan: choose(PLANS, random) ?? '',
  });
  model.credit(credit.amount);
};

export const cancelNow: Operation = async (turn) => {
  const { world, model, random } = turn;
  const orders = await ordersOf(turn, 'active', 'suspended', 'awaiting_payment');
  const orderId = choose(orders, random);
  if (orderId === undefined || orders.length < 4) return order(turn);
  const { customerId } = model.customer;
  const refund = await cancelOrder(world.db, world.clock, { customerId, userId: null, orderId, reason: '' });
  model.credit(refund.amount);
};

export const cancelLater: Operation = async (turn) => {
  const { world, model, random } = turn;
  const orderId = choose(await ordersOf(turn, 'active'), random);
  if (orderId === undefined) return pay(turn);
  const { customerId } = model.customer;
  await cancelAtPeriodEnd(world.db, world.clock, { customerId, userId: null, orderId, reason: '' });
};

export const keepAfterAll: Operation = async (turn) => {
  const { world, model, random } = turn;
  const { customerId } = model.customer;
  const ending = await world
    .db('orders')
    .where({ customer_id: customerId, ends_at_period: true })
    .pluck<number[]>('id');
  const orderId = choose(ending, random);
  if (orderId === undefined) return cancelLater(turn);
  await undoCancellationAtPeriodEnd(world.db, world.clock, world.config.seller, { customerId, userId: null, orderId });
};

export const letDayPass: Operation = async ({ world }) => {
  world.clock.advanceMinutes(24 * 60);
  const { runId } = await world.runCalendar();
  expect(await world.db('billing_failures').where({ run_id: runId }).pluck('message')).toEqual([]);
};

const ordersOf = ({ world, model }: Turn, ...statuses: string[]): Promise<number[]> =>
  world
    .db('orders')
    .where({ customer_id: model.customer.customerId })
    .whereIn('status', statuses)
    .orderBy('id')
    .pluck('id');
