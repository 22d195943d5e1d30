import type { Clock } from '../../platform/clock.ts';
import type { Db, Transaction } from '../../platform/db/database.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { NotFound, OptionsAlreadyAdded, OrderStateRefused, PriceChanged } from '../errors.ts';
import { Money, sum } from '../money/money.ts';
import { joinNames } from '../../platform/i18n/names.ts';
import type { Seller } from '../invoices/invoice.ts';
import type { IssuedInvoice } from '../invoices/issue-invoice.ts';
import { notifyInvoiceIssued } from '../notifications/notify-invoice-issued.ts';
import { lockOrderWithInvoices } from '../orders/lock-order-with-invoices.ts';
import type { LockedOrder } from '../orders/lock-order.ts';
import { optionPrice } from '../orders/order-price.ts';
import { isInPaidPeriod } from '../orders/order.ts';
import { recordOrderEvent } from '../orders/record-order-event.ts';
import { findOpenRenewal } from '../renewals/open-renewals.ts';
import { reissueRenewal } from '../renewals/reissue-renewal.ts';
import { recordPlanChange } from './apply-plan-change.ts';
import { cancelWaitingChanges } from './cancel-waiting-changes.ts';
import { issueChange } from './issue-change.ts';
import { listOptionsOfOrder, type OptionOffer } from './option-offers-queries.ts';
import type { PlanChangeTerms } from './plan-change-terms.ts';

interface OptionRequest {
  customerId: number;
  userId: number | null;
  orderId: number;
}

/**
 * Adds options to an order: for the days that are paid already they are invoiced, and they take effect when that is paid;
 * from the next renewal on they are part of the order's price. An unpaid change of the order is replaced.
 * @param request.options their codes
 * @param request.expected the amount that the customer was shown
 * @param request.isPaidNext it is paid at once, and only the payment is written about; should that fail, the caller writes
 * @returns the unpaid invoice; null where no day is left to be paid for, so that they take effect at once
 * @throws {NotFound} when one is not offered to the order @throws {OptionsAlreadyAdded} @throws {OrderStateRefused}
 * @throws {PriceChanged} @throws {SomethingChanged}
 */
export function addOptions(
  db: Db,
  clock: Clock,
  seller: Seller,
  request: OptionRequest & { options: string[]; expected?: Money; isPaidNext?: boolean },
): Promise<IssuedInvoice | null> {
  return inTransaction(db, async (trx) => {
    const { order, account } = await lockChangeable(trx, clock, request);
    const { inService, offers } = await listOptionsOfOrder(trx, order, clock);
    const renewed = inService.filter(({ endsOn }) => endsOn === null).map(({ code }) => code);
    if (request.options.every((code) => renewed.includes(code))) throw new OptionsAlreadyAdded({ order: order.id });
    const chosen = offers.filter(({ code }) => request.options.includes(code));
    if (chosen.length === 0 || chosen.length !== new Set(request.options).size) throw new NotFound();
    const { currency } = order.price;
    const amount = sum(
      chosen.map(({ proration }) => proration.amount),
      currency,
    );
    if (request.expected && !request.expected.equals(amount)) throw new PriceChanged({ total: amount });
    await cancelWaitingChanges(trx, clock, order.customerId, [order.id]);
    const terms = termsOf(order, chosen);
    if (amount.isPositive) {
      const details = { plan: order.plan, options: joinNames(chosen.map(({ names }) => names)) };
      const invoice = await issueChange(trx, clock, seller, order, { amount, terms, details });
      if (!request.isPaidNext) await notifyInvoiceIssued(trx, clock, invoice.id);
      return invoice;
    }
    await recordPlanChange(trx, clock, {
      order,
      accountId: account.id,
      terms,
      parts: [],
      amount,
      credit: amount,
      invoiceId: null,
      userId: request.userId,
    });
    await replaceOpenRenewal(trx, clock, order);
    return null;
  });
}

/** @throws {OrderStateRefused} unless the order is within its paid period */
async function lockChangeable(trx: Transaction, clock: Clock, { customerId, orderId }: OptionRequest) {
  const locked = await lockOrderWithInvoices(trx, customerId, orderId);
  const { order } = locked;
  if (!isInPaidPeriod(order, clock.today())) throw new OrderStateRefused({ order: order.id, status: order.status });
  return locked;
}

/** The parts of options for the same days are one. */
function termsOf(order: LockedOrder, chosen: OptionOffer[]): PlanChangeTerms {
  const { currency } = order.price;
  const parts = chosen.flatMap(({ proration }) => proration.periods);
  const periods = [...new Map(parts.map(({ from, to }) => [from, { from, to }])).values()];
  return {
    fromPlanId: order.planId,
    toPlanId: order.planId,
    price: chosen
      .reduce((price, option) => price.plus(optionPrice(option, order.periodMonths)), order.price)
      .toDatabase(),
    paidUntil: order.paidUntil as string,
    parts: periods.map(({ from, to }) => ({
      from,
      to,
      amount: sum(
        parts.filter((part) => part.from === from).map(({ amount }) => amount),
        currency,
      ).toDatabase(),
    })),
    options: chosen.map(({ id, monthly }) => ({ id, monthly: monthly.toDatabase() })),
  };
}

/**
 * Drops an option at the end of the paid period: it stays until then, is not refunded, and the order renews without it.
 * An unpaid renewal is replaced by one at the new price, and an unpaid change of the order is cancelled.
 * @throws {NotFound} when the order has no such option @throws {OrderStateRefused}
 */
export function dropOption(db: Db, clock: Clock, request: OptionRequest & { option: string }): Promise<void> {
  return inTransaction(db, async (trx) => {
    const { order } = await lockChangeable(trx, clock, request);
    const row = await findOption(trx, order.id, request.option);
    if (!row || row.ends_on !== null) throw new NotFound();
    await setEnd(trx, clock, order, row, { endsOn: order.paidUntil, userId: request.userId });
  });
}

/**
 * Keeps an option that was dropped, while the order is not paid for longer than the option is.
 * @throws {NotFound} @throws {OrderStateRefused}
 */
export function keepOption(db: Db, clock: Clock, request: OptionRequest & { option: string }): Promise<void> {
  return inTransaction(db, async (trx) => {
    const { order } = await lockChangeable(trx, clock, request);
    const row = await findOption(trx, order.id, request.option);
    if (!row || row.ends_on === null || row.ends_on !== order.paidUntil) throw new NotFound();
    await setEnd(trx, clock, order, row, { endsOn: null, userId: request.userId });
  });
}

interface OptionRow {
  id: number;
  monthly: string;
  ends_on: string | null;
  names: Record<string, string>;
}

/** The order's latest row of an option; the order is locked. */
const findOption = (trx: Transaction, orderId: number, code: string) =>
  trx('order_options as x')
    .join('plan_options as n', 'n.id', 'x.option_id')
    .where({ 'x.order_id': orderId, 'n.code': code })
    .orderBy('x.id', 'desc')
    .first<OptionRow | undefined>('x.id', 'x.monthly', 'x.ends_on', 'n.names');

async function setEnd(
  trx: Transaction,
  clock: Clock,
  order: LockedOrder,
  { id, monthly, names }: OptionRow,
  { endsOn, userId }: { endsOn: string | null; userId: number | null },
) {
  const { customerId, price, periodMonths } = order;
  const each = optionPrice({ monthly: Money.of(monthly, price.currency) }, periodMonths);
  await cancelWaitingChanges(trx, clock, customerId, [order.id]);
  await trx('order_options').where({ id }).update({ ends_on: endsOn });
  await trx('orders')
    .where({ id: order.id })
    .update({ price: (endsOn === null ? price.plus(each) : price.minus(each)).toDatabase() });
  await recordOrderEvent(trx, clock, {
    orderId: order.id,
    customerId,
    kind: endsOn === null ? 'option_kept' : 'option_dropped',
    details: { options: names, until: order.paidUntil },
    userId,
  });
  await replaceOpenRenewal(trx, clock, order);
}

async function replaceOpenRenewal(trx: Transaction, clock: Clock, { customerId, id }: LockedOrder) {
  await reissueRenewal(trx, clock, { customerId, open: await findOpenRenewal(trx, customerId, id) });
}
