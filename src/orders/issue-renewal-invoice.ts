import type { Clock } from '../clock.ts';
import type { Transaction } from '../db/database.ts';
import { OrderStateRefused } from '../errors.ts';
import { issueInvoice, type IssuedInvoice } from '../invoices/issue-invoice.ts';
import type { Seller } from '../invoices/invoice.ts';
import { lockOrder } from './lock-order.ts';
import { nextPeriod } from './period.ts';

/**
 * Issues the invoice for an order's next period, due on its paid-until date (rule I9). One renewal of an order is open
 * at a time, so that two invoices never promise the same days.
 * @throws {NotFound} @throws {OrderStateRefused} unless the order can be renewed and has no open renewal
 */
export async function issueRenewalInvoice(
  trx: Transaction,
  clock: Clock,
  seller: Seller,
  { customerId, orderId }: { customerId: number; orderId: number },
): Promise<IssuedInvoice> {
  const order = await lockOrder(trx, customerId, orderId);
  const { anchorOn, paidUntil } = order;
  const renewable = order.status === 'active' || order.suspendedFor === 'non_payment';
  if (!renewable || anchorOn === null || paidUntil === null)
    throw new OrderStateRefused({ order: orderId, status: order.status });
  if (await hasOpenRenewal(trx, orderId))
    throw new OrderStateRefused({ order: orderId, status: 'renewal_open' });
  const plan = await trx('plans').where({ id: order.planId }).first<{ name: string }>('name');
  const period = nextPeriod(anchorOn, order.paidMonths, order.periodMonths);
  return issueInvoice(trx, clock, {
    customerId,
    kind: 'service',
    currency: order.price.currency,
    dueOn: paidUntil,
    seller,
    lines: [
      {
        kind: 'renewal',
        orderId,
        months: order.periodMonths,
        periodFrom: period.from,
        periodTo: period.to,
        amount: order.price,
        details: { plan: plan.name, hostname: order.hostname, ip: order.ip },
      },
    ],
  });
}

async function hasOpenRenewal(trx: Transaction, orderId: number): Promise<boolean> {
  const row = await trx('invoice_lines as l')
    .join('invoices as i', 'i.id', 'l.invoice_id')
    .where({ 'l.order_id': orderId, 'l.kind': 'renewal', 'i.status': 'unpaid' })
    .first('l.id');
  return row !== undefined;
}
