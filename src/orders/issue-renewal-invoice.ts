import type { Clock } from '../clock.ts';
import { getPlanPrice } from '../catalog/plan-queries.ts';
import type { Transaction } from '../db/database.ts';
import { OrderStateRefused, SomethingChanged } from '../errors.ts';
import { issueInvoice, type IssuedInvoice } from '../invoices/issue-invoice.ts';
import type { NewInvoiceLine, Seller } from '../invoices/invoice.ts';
import { cancelInvoice, lockInvoices } from '../invoices/settle-invoice.ts';
import { sum, type Money } from '../money/money.ts';
import { lockOrder, type LockedOrder } from './lock-order.ts';
import { listOrderOptions, type OrderOption } from './order-option-queries.ts';
import { optionPrice } from './place-order.ts';
import { isRenewable } from './order.ts';
import { nextPeriod } from './period.ts';

export interface Renewal {
  orderId: number;
  /** Its own period when left out. */
  months?: number;
}

/**
 * Issues one invoice for the next period of each of these orders (rules O7, I9), due on the earliest paid-until date. An
 * order has one open renewal at a time, so that two invoices never promise the same days: an open invoice with a renewal
 * of one of them is cancelled. Locks those invoices, then the orders by id.
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
  const replaced = await openRenewals(trx, customerId, orderIds);
  const open = replaced.length > 0 ? await lockInvoices(trx, customerId, replaced) : [];
  const lines: NewInvoiceLine[] = [];
  let dueOn: string | undefined;
  for (const { orderId, months } of chosen) {
    const order = await lockOrder(trx, customerId, orderId);
    lines.push(...(await renewalLines(trx, order, months ?? order.periodMonths)));
    if (order.paidUntil && (dueOn === undefined || order.paidUntil < dueOn)) dueOn = order.paidUntil;
  }
  const now = await openRenewals(trx, customerId, orderIds);
  if (now.some((id) => !replaced.includes(id))) throw new SomethingChanged();
  for (const invoice of open) if (invoice.status === 'unpaid') await cancelInvoice(trx, clock, invoice);
  const currency = lines[0]?.amount.currency as string;
  return issueInvoice(trx, clock, {
    customerId,
    kind: 'service',
    currency,
    dueOn: dueOn as string,
    seller,
    lines,
  });
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
  const extras = sum(options.map((option) => optionPrice(option, months)), order.price.currency); // prettier-ignore
  return { name: order.plan, price: order.price.minus(extras) };
}

/** The renewals on an order's open renewal invoice, those of other orders on it among them. */
export async function listOpenRenewals(
  trx: Transaction,
  customerId: number,
  orderId: number,
): Promise<Renewal[]> {
  const open = await openRenewals(trx, customerId, [orderId]);
  return trx('invoice_lines')
    .whereIn('invoice_id', open)
    .where({ kind: 'renewal' })
    .orderBy('order_id')
    .select<Renewal[]>('order_id as orderId', 'months');
}

/** Replaces the open invoice of these renewals by one at the prices of now. */
export async function reissueRenewals(
  trx: Transaction,
  clock: Clock,
  seller: Seller,
  { customerId, renewals }: { customerId: number; renewals: Renewal[] },
): Promise<void> {
  if (renewals.length > 0) await issueRenewalInvoice(trx, clock, seller, { customerId, renewals });
}

/** Unpaid invoices that promise one of these orders its next period. */
async function openRenewals(trx: Transaction, customerId: number, orderIds: number[]): Promise<number[]> {
  return trx('invoice_lines as l')
    .join('invoices as i', 'i.id', 'l.invoice_id')
    .where({ 'l.kind': 'renewal', 'i.status': 'unpaid', 'i.customer_id': customerId })
    .whereIn('l.order_id', orderIds)
    .distinct()
    .pluck('i.id');
}
