import { addDays, type Clock } from '../../platform/clock.ts';
import type { Transaction } from '../../platform/db/database.ts';
import type { Money } from '../money/money.ts';
import type { NewInvoiceLine, Seller } from '../invoices/invoice.ts';
import { type IssuedInvoice, issueInvoice } from '../invoices/issue-invoice.ts';
import type { LockedOrder } from '../orders/lock-order.ts';
import type { PlanChangeTerms } from './plan-change-terms.ts';

/** Days after which an unpaid change is cancelled; at the latest when the paid period ends. */
const CHANGE_DUE_DAYS = 7;

/**
 * Issues the invoice of a change of plan or options for the days that are paid already; it takes effect when that is
 * paid. The order is locked by the caller.
 * @param change.details what the line shows beside the order's hostname and address
 */
export function issueChange(
  trx: Transaction,
  clock: Clock,
  seller: Seller,
  order: LockedOrder,
  { amount, terms, details }: { amount: Money; terms: PlanChangeTerms; details: NewInvoiceLine['details'] },
): Promise<IssuedInvoice> {
  const last = addDays(clock.today(), CHANGE_DUE_DAYS);
  return issueInvoice(trx, clock, {
    customerId: order.customerId,
    kind: 'service',
    currency: amount.currency,
    dueOn: last < terms.paidUntil ? last : terms.paidUntil,
    seller,
    lines: [
      {
        kind: 'plan_change',
        orderId: order.id,
        months: null,
        periodFrom: addDays(clock.today(), 1),
        periodTo: terms.paidUntil,
        amount,
        details: { ...details, hostname: order.hostname, ip: order.ip, terms },
      },
    ],
  });
}
