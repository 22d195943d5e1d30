import { addDays, type Clock, type Day } from '../../platform/clock.ts';
import type { Transaction } from '../../platform/db/database.ts';
import { insertRow } from '../../platform/db/insert-rows.ts';
import { NothingToPayFor } from '../errors.ts';
import { Exact, Money, sum } from '../money/money.ts';
import { roundRunning, roundSumDown } from '../money/rounding.ts';
import { listCurrencies } from '../rates/rate-queries.ts';
import { systemAccount } from '../ledger/accounts.ts';
import { postTransaction } from '../ledger/post-transaction.ts';
import { joinNames, type Names } from '../../platform/i18n/names.ts';
import { enqueueMail, type NewMail } from '../notifications/enqueue-mail.ts';
import type { LockedOrder } from '../orders/lock-order.ts';
import { moveStock } from '../orders/reserve.ts';
import { optionPrice } from '../orders/order-price.ts';
import { isInPaidPeriod } from '../orders/order.ts';
import { type OrderEvent, recordOrderEvent } from '../orders/record-order-event.ts';
import { exactValueOfUnusedDays, type PaidPeriod } from '../orders/unused-days.ts';
import { PlanChangeTerms } from './plan-change-terms.ts';

export interface PaidPlanChange {
  order: LockedOrder;
  accountId: number;
  invoiceId: number;
  charged: Money;
  /** From the line of its invoice. */
  terms: unknown;
  userId: number | null;
}

/**
 * Applies a plan change that was just paid. What was charged for days that passed between invoice and payment is
 * credited, so that days on the old plan are not paid at the new plan's price. Invoice, ledger account and order are
 * locked by the caller. @returns the order as it is now
 * @throws {NothingToPayFor} when the order was renewed, changed or ended since the invoice was issued
 */
export async function applyPaidPlanChange(trx: Transaction, clock: Clock, paid: PaidPlanChange): Promise<LockedOrder> {
  const today = clock.today();
  const { order, charged } = paid;
  const terms = PlanChangeTerms.parse(paid.terms);
  if (!isInPaidPeriod(order, today) || order.planId !== terms.fromPlanId || order.paidUntil !== terms.paidUntil)
    throw new NothingToPayFor({ order: order.id });
  const { parts, credit } = await divideCharge(trx, order.id, { terms, charged, today });
  await recordPlanChange(trx, clock, {
    order,
    accountId: paid.accountId,
    terms,
    parts,
    amount: charged.minus(credit),
    credit,
    invoiceId: paid.invoiceId,
    userId: paid.userId,
  });
  return { ...order, planId: terms.toPlanId, price: Money.of(terms.price, order.price.currency) };
}

/**
 * What of a charge is for the days from tomorrow on, by its periods, and what is credited for those that passed: the
 * charge less the exact worth of the days left, rounded down (rule C6). The last period takes what rounding leaves.
 * @throws {NothingToPayFor} when the days left are worth more than was charged
 */
async function divideCharge(
  trx: Transaction,
  orderId: number,
  { terms, charged, today }: { terms: PlanChangeTerms; charged: Money; today: Day },
): Promise<{ parts: PaidPeriod[]; credit: Money }> {
  const minor = (await listCurrencies(trx)).get(charged.currency);
  const left = terms.parts
    .filter(({ to }) => to > today)
    .map(({ from, to, amount }) => ({ from, to, amount: Money.of(amount, charged.currency) }));
  const worth = left.map((part) => exactValueOfUnusedDays([part], today));
  const credit = roundSumDown(
    charged.amount.minus(worth.reduce((total, part) => total.plus(part), new Exact(0))),
    minor,
  );
  // Prices that crossed make days that passed worth less than nothing; the change has to be recalculated.
  if (credit.isNegative) throw new NothingToPayFor({ order: orderId });
  const amounts = roundRunning(worth, minor);
  const rounding = charged.minus(credit).minus(sum(amounts, charged.currency));
  const parts = left.map(({ from, to }, index) => {
    const amount = amounts[index] ?? Money.zero(charged.currency);
    const last = index === left.length - 1;
    return {
      from: from > today ? from : addDays(today, 1),
      to,
      amount: last ? amount.plus(rounding) : amount,
    };
  });
  return { parts, credit };
}

export interface PlanChange {
  order: LockedOrder;
  accountId: number;
  terms: PlanChangeTerms;
  parts: PaidPeriod[];
  /** Above zero: what was paid for the days left. Below: what is credited. */
  amount: Money;
  /** What is credited to the balance now: zero or more. */
  credit: Money;
  invoiceId: number | null;
  userId: number | null;
}

/**
 * Moves an order to another plan, or adds options to it: its price, its history, what was paid or credited for it, by
 * days. The order and the ledger account are locked by the caller.
 */
export async function recordPlanChange(trx: Transaction, clock: Clock, change: PlanChange): Promise<void> {
  const { order, terms, amount, credit } = change;
  const price = priceAfter(change);
  if (terms.toPlanId !== order.planId) await moveStock(trx, order.id, { from: order.planId, to: terms.toPlanId });
  const changeId = await insertRow(trx, 'plan_changes', {
    order_id: order.id,
    customer_id: order.customerId,
    from_plan_id: order.planId,
    to_plan_id: terms.toPlanId,
    price_before: order.price.toDatabase(),
    price_after: price,
    amount: amount.toDatabase(),
    currency: amount.currency,
    invoice_id: change.invoiceId,
    changed_on: clock.today(),
    changed_at: clock.now(),
  });
  const parts = change.parts.filter((part) => !part.amount.isZero);
  if (parts.length > 0)
    await trx('plan_change_parts').insert(
      parts.map((part) => ({
        plan_change_id: changeId,
        order_id: order.id,
        period_from: part.from,
        period_to: part.to,
        amount: part.amount.toDatabase(),
        currency: part.amount.currency,
      })),
    );
  if (credit.isPositive) await book(trx, clock, change, changeId);
  await trx('orders').where({ id: order.id }).update({ plan_id: terms.toPlanId, price });
  const { event, mail } = terms.options
    ? await insertAddedOptions(trx, change, terms.options)
    : await describePlan(trx, change);
  await recordOrderEvent(trx, clock, {
    orderId: order.id,
    customerId: order.customerId,
    invoiceId: change.invoiceId,
    userId: change.userId,
    ...event,
  });
  await enqueueMail(trx, clock, { customerId: order.customerId, ...mail });
}

/** Options are added to what the order costs by now: its price may have changed since they were invoiced. */
function priceAfter({ order, terms }: PlanChange): string {
  if (!terms.options) return terms.price;
  const { currency } = order.price;
  return terms.options
    .reduce(
      (price, { monthly }) => price.plus(optionPrice({ monthly: Money.of(monthly, currency) }, order.periodMonths)),
      order.price,
    )
    .toDatabase();
}

/** What is recorded and sent of a change. */
interface ChangeInWords {
  event: Pick<OrderEvent, 'kind' | 'details'>;
  mail: Omit<NewMail, 'customerId'>;
}

async function describePlan(trx: Transaction, { order, terms, credit }: PlanChange): Promise<ChangeInWords> {
  const { name } = await trx('plans').where({ id: terms.toPlanId }).first<{ name: string }>('name');
  const credited = credit.isPositive ? { credited: credit } : {};
  return {
    event: { kind: 'plan_changed', details: { plan: name } },
    mail: { kind: 'plan_changed', data: { order: order.id, plan: name, hostname: order.hostname, ...credited } },
  };
}

/** The options belong to the order from now on, and are renewed with it. */
async function insertAddedOptions(
  trx: Transaction,
  { order, credit }: PlanChange,
  options: NonNullable<PlanChangeTerms['options']>,
): Promise<ChangeInWords> {
  const { currency } = order.price;
  await trx('order_options').insert(
    options.map(({ id, monthly }) => ({ order_id: order.id, option_id: id, monthly, currency })),
  );
  const names = await trx('plan_options')
    .whereIn(
      'id',
      options.map(({ id }) => id),
    )
    .orderBy('position')
    .pluck<Names[]>('names');
  const added = joinNames(names);
  const credited = credit.isPositive ? { credited: credit } : {};
  return {
    event: { kind: 'options_added', details: { options: added } },
    mail: {
      kind: 'options_added',
      data: { order: order.id, plan: order.plan, hostname: order.hostname, options: added, ...credited },
    },
  };
}

async function book(trx: Transaction, clock: Clock, { order, accountId, credit }: PlanChange, changeId: number) {
  const revenue = await systemAccount(trx, { kind: 'revenue', currency: credit.currency });
  await postTransaction(trx, {
    kind: 'plan_change_credit',
    cause: { type: 'plan_change', id: changeId },
    customerId: order.customerId,
    occurredAt: clock.now(),
    entries: [
      { accountId, money: credit },
      { accountId: revenue, money: credit.negated() },
    ],
  });
}
