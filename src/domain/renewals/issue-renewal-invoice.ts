import type { Clock } from '../../platform/clock.ts';
import type { Transaction } from '../../platform/db/database.ts';
import { OrderStateRefused, SomethingChanged } from '../errors.ts';
import { type Money, sum } from '../money/money.ts';
import { getPlanPrice } from '../catalog/plan-queries.ts';
import type { NewInvoiceLine, Seller } from '../invoices/invoice.ts';
import { type IssuedInvoice, issueInvoice } from '../invoices/issue-invoice.ts';
import { lockInvoices } from '../invoices/lock-invoices.ts';
import { markInvoiceCancelled } from '../invoices/mark-invoices.ts';
import { notifyInvoiceIssued } from '../notifications/notify-invoice-issued.ts';
import { type LockedOrder, lockOrder } from '../orders/lock-order.ts';
import { listOrderOptions, type OrderOption } from '../orders/order-option-queries.ts';
import { optionPrice } from '../orders/order-price.ts';
import { isRenewable } from '../orders/order.ts';
import { nextPeriod } from '../orders/period.ts';
import type { Renewal } from './new-renewal.ts';
import { listOpenRenewals, loadRenewal, type OpenRenewal } from './open-renewals.ts';

/**
 * Issues one invoice for the next period of each of these orders (rules O7, I9), due on the earliest paid-until date.
 * An order has one open renewal at a time, so that two invoices never promise the same days: an open invoice with a
 * renewal of one of them is cancelled, and other orders on it are invoiced again. Locks those invoices, then the orders
 * by id.
 * @throws {NotFound} @throws {OrderStateRefused} @throws {SomethingChanged} when a renewal was issued meanwhile
 */
export async function issueRenewalInvoice(
  trx: Transaction,
  clock: Clock,
  seller: Seller,
  { customerId, renewals }: { customerId: number; renewals: Renewal[] },
): Promise<IssuedInvoice> {
  const chosen = renewals.toSorted((a, b) => a.orderId - b.orderId);
  const orderIds = chosen.map(({ orderId }) => orderId);
  const replaced = await listOpenRenewals(trx, customerId, orderIds);
  const open = replaced.length > 0 ? await lockInvoices(trx, customerId, replaced) : [];
  const lines: NewInvoiceLine[] = [];
  let dueOn: string | undefined;
  for (const { orderId, months } of chosen) {
    const order = await lockOrder(trx, customerId, orderId);
    lines.push(...(await renewalLines(trx, order, months ?? order.periodMonths)));
    if (order.paidUntil && (dueOn === undefined || order.paidUntil < dueOn)) dueOn = order.paidUntil;
  }
  const now = await listOpenRenewals(trx, customerId, orderIds);
  if (now.some((id) => !replaced.includes(id))) throw new SomethingChanged();
  const unpaid = open.filter(({ status }) => status === 'unpaid');
  const shared: OpenRenewal[] = [];
  for (const invoice of unpaid) {
    shared.push(await loadRenewal(trx, invoice.id));
    await markInvoiceCancelled(trx, clock, invoice);
  }
  const currency = lines[0]?.amount.currency as string;
  const issued = await issueInvoice(trx, clock, {
    customerId,
    kind: 'service',
    currency,
    dueOn: dueOn as string,
    seller,
    lines,
  });
  for (const cancelled of shared) await reissueRenewal(trx, clock, { customerId, open: cancelled, without: orderIds });
  return issued;
}

/** @throws {OrderStateRefused} unless the order can be renewed now */
async function renewalLines(trx: Transaction, order: LockedOrder, months: number): Promise<NewInvoiceLine[]> {
  if (!isRenewable(order) || order.anchorOn === null)
    throw new OrderStateRefused({ order: order.id, status: order.status });
  const options = await listOrderOptions(trx, order.id);
  const { name, price } = await priceOf(trx, order, options, months);
  const period = nextPeriod(order.anchorOn, order.paidMonths, months);
  const line = { orderId: order.id, months, periodFrom: period.from, periodTo: period.to };
  return [
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
  ];
}

/** For its own period an order keeps the price it was made at; other periods are at the plan's price of today. */
async function priceOf(
  trx: Transaction,
  order: LockedOrder,
  options: OrderOption[],
  months: number,
): Promise<{ name: string; price: Money }> {
  if (months !== order.periodMonths)
    return getPlanPrice(trx, { planId: order.planId, currency: order.price.currency, months });
  const extras = sum(
    options.map((option) => optionPrice(option, months)),
    order.price.currency,
  );
  return { name: order.plan, price: order.price.minus(extras) };
}

/**
 * Invoices again, at today's prices, the periods that an open renewal covered, and tells the customer; the old invoice
 * is cancelled if it still is open. What cannot be renewed any more is left out, and a period that the plan does not
 * have becomes the order's own: nobody asked for this renewal just now, so it must not stand in the way of what they
 * asked for.
 * @param without orders that are not renewed with it any more
 * @throws {SomethingChanged} when a renewal was issued meanwhile
 */
export async function reissueRenewal(
  trx: Transaction,
  clock: Clock,
  { customerId, open, without = [] }: { customerId: number; open: OpenRenewal | null; without?: number[] },
): Promise<void> {
  const renewals: Renewal[] = [];
  for (const { orderId, months } of open?.renewals ?? []) {
    const order = await lockOrder(trx, customerId, orderId);
    if (without.includes(orderId) || !isRenewable(order)) continue;
    const offered = months !== undefined && (await isOffered(trx, order, months));
    renewals.push({ orderId, months: offered ? months : order.periodMonths });
  }
  if (!open || renewals.length === 0) return;
  const invoice = await issueRenewalInvoice(trx, clock, open.seller, { customerId, renewals });
  await notifyInvoiceIssued(trx, clock, invoice.id);
}

async function isOffered(trx: Transaction, order: LockedOrder, months: number): Promise<boolean> {
  if (months === order.periodMonths) return true;
  const { planId: plan_id, price } = order;
  const row: unknown = await trx('plan_prices').where({ plan_id, currency: price.currency, months }).first('months');
  return row !== undefined;
}
