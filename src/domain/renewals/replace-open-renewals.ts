import type { Clock } from '../../platform/clock.ts';
import type { Transaction } from '../../platform/db/database.ts';
import { RenewedMeanwhile, SomethingChanged } from '../errors.ts';
import type { Seller } from '../invoices/invoice.ts';
import { type IssuedInvoice, issueInvoice } from '../invoices/issue-invoice.ts';
import { type LockedInvoice, lockInvoices } from '../invoices/lock-invoices.ts';
import { markInvoiceCancelled } from '../invoices/mark-invoices.ts';
import { lockOrder } from '../orders/lock-order.ts';
import type { Renewal } from './new-renewal.ts';
import { listOpenRenewals, loadRenewal, type OpenRenewal } from './open-renewals.ts';
import { type PricedRenewal, priceRenewal } from './price-renewal.ts';

export interface ReplacedRenewals {
  issued: IssuedInvoice;
  /** The renewals that were open for these orders, and perhaps for others, which are now without an invoice. */
  cancelled: OpenRenewal[];
}

/**
 * Issues one invoice for the next period of each of these orders and cancels their open renewals. Locks those invoices,
 * then the orders by id.
 * @throws {NotFound} @throws {OrderStateRefused} @throws {SomethingChanged} when a renewal was issued meanwhile
 * @throws {RenewedMeanwhile}
 */
export async function replaceOpenRenewals(
  trx: Transaction,
  clock: Clock,
  seller: Seller,
  { customerId, renewals }: { customerId: number; renewals: Renewal[] },
): Promise<ReplacedRenewals> {
  const orderIds = renewals.map(({ orderId }) => orderId);
  const locked = await lockOpenRenewals(trx, customerId, orderIds);
  const priced = await lockAndPrice(trx, clock, customerId, renewals);
  await assertNoneIssuedMeanwhile(trx, { customerId, orderIds, locked });
  const cancelled = await cancelOpenRenewals(trx, clock, locked);
  const [first] = priced;
  if (!first) throw new Error('No order to renew');
  const issued = await issueInvoice(trx, clock, {
    customerId,
    kind: 'service',
    currency: first.currency,
    dueOn: priced.reduce((earliest, { paidUntil }) => (paidUntil < earliest ? paidUntil : earliest), first.paidUntil),
    seller,
    lines: priced.flatMap(({ lines }) => lines),
  });
  return { issued, cancelled };
}

/** By the time they are locked, some of them may have been paid or cancelled. */
async function lockOpenRenewals(trx: Transaction, customerId: number, orderIds: number[]): Promise<LockedInvoice[]> {
  const ids = await listOpenRenewals(trx, customerId, orderIds);
  return ids.length > 0 ? lockInvoices(trx, customerId, ids) : [];
}

async function lockAndPrice(
  trx: Transaction,
  clock: Clock,
  customerId: number,
  renewals: Renewal[],
): Promise<PricedRenewal[]> {
  const priced: PricedRenewal[] = [];
  for (const { orderId, months, paidUntil } of renewals.toSorted((a, b) => a.orderId - b.orderId)) {
    const order = await lockOrder(trx, customerId, orderId);
    if (paidUntil !== undefined && order.paidUntil !== paidUntil)
      throw new RenewedMeanwhile({ order: orderId, until: order.paidUntil });
    priced.push(await priceRenewal(trx, order, { months: months ?? order.periodMonths, today: clock.today() }));
  }
  return priced;
}

/** @throws {SomethingChanged} when another renewal was issued while the locks were waited for */
async function assertNoneIssuedMeanwhile(
  trx: Transaction,
  { customerId, orderIds, locked }: { customerId: number; orderIds: number[]; locked: LockedInvoice[] },
): Promise<void> {
  const lockedIds = locked.map(({ id }) => id);
  const openNow = await listOpenRenewals(trx, customerId, orderIds);
  if (openNow.some((id) => !lockedIds.includes(id))) throw new SomethingChanged();
}

async function cancelOpenRenewals(trx: Transaction, clock: Clock, locked: LockedInvoice[]): Promise<OpenRenewal[]> {
  const cancelled: OpenRenewal[] = [];
  for (const invoice of locked.filter(({ status }) => status === 'unpaid')) {
    cancelled.push(await loadRenewal(trx, invoice.id));
    await markInvoiceCancelled(trx, clock, invoice);
  }
  return cancelled;
}
