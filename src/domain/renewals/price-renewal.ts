import type { Day } from '../../platform/clock.ts';
import type { Transaction } from '../../platform/db/database.ts';
import { OrderStateRefused } from '../errors.ts';
import { type Money, sum } from '../money/money.ts';
import { getPlanPrice } from '../catalog/plan-queries.ts';
import type { NewInvoiceLine } from '../invoices/invoice.ts';
import type { LockedOrder } from '../orders/lock-order.ts';
import { listOrderOptions, type OrderOption } from '../orders/order-option-queries.ts';
import { optionPrice } from '../orders/order-price.ts';
import { isRenewable } from '../orders/order.ts';
import { nextPeriod } from '../orders/period.ts';

/** An order's part of a renewal invoice. */
export interface PricedRenewal {
  /** The day before the period that is renewed, by which it is to be paid. */
  paidUntil: Day;
  currency: string;
  lines: NewInvoiceLine[];
}

/**
 * The lines for the next period of a locked order: the plan, then its options.
 * @throws {OrderStateRefused} unless the order can be renewed now
 * @throws {NotFound} when its plan has no price for that many months
 */
export async function priceRenewal(
  trx: Transaction,
  order: LockedOrder,
  { months, today }: { months: number; today: Day },
): Promise<PricedRenewal> {
  const { paidUntil, anchorOn } = order;
  if (!isRenewable(order) || anchorOn === null || paidUntil === null)
    throw new OrderStateRefused({ order: order.id, status: order.status });
  const options = await listOrderOptions(trx, order.id);
  const { name, price } = await priceOf(trx, order, options, { months, today });
  const period = nextPeriod(anchorOn, order.paidMonths, months);
  const line = { orderId: order.id, months, periodFrom: period.from, periodTo: period.to };
  return {
    paidUntil,
    currency: price.currency,
    lines: [
      {
        ...line,
        kind: 'renewal',
        amount: price,
        details: { plan: name, hostname: order.hostname, ip: order.ip },
      },
      ...options.map((option) => ({
        ...line,
        kind: 'option' as const,
        amount: optionPrice(option, months),
        details: { plan: name, option: option.names },
      })),
    ],
  };
}

/** For its own period an order keeps the price it was made at; other periods are at the plan's price of today. */
async function priceOf(
  trx: Transaction,
  order: LockedOrder,
  options: OrderOption[],
  { months, today }: { months: number; today: Day },
): Promise<{ name: string; price: Money }> {
  if (months !== order.periodMonths)
    return getPlanPrice(trx, { planId: order.planId, currency: order.price.currency, months, today });
  const extras = sum(
    options.map((option) => optionPrice(option, months)),
    order.price.currency,
  );
  return { name: order.plan, price: order.price.minus(extras) };
}
