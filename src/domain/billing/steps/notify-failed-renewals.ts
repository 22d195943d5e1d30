import { addDays, type Clock, type Day } from '../../../platform/clock.ts';
import type { Transaction } from '../../../platform/db/database.ts';
import { enqueueMails, type NewMail } from '../../notifications/enqueue-mail.ts';
import { loadCatalog } from '../../catalog/category-queries.ts';
import type { Catalog } from '../../catalog/category.ts';
import { cancellationDay, suspensionDay } from '../../orders/billing-terms.ts';
import type { DueRenewal } from './due-renewals.ts';
import { recordNoticesOnce } from './record-notices-once.ts';
import type { FailedRenewal } from './renewal-outcomes.ts';

/** The message about each failure, which is also the kind of its notice. */
const NOTICES = { short: 'renewal_failed', profile: 'renewal_blocked' } as const;

/**
 * Enqueues what is missing: money on the balance, or fields in the profile; each once for a period that is to be renewed by now,
 * one message for an invoice.
 * @returns the renewals that there is a message about
 */
export async function notifyFailedRenewals(
  trx: Transaction,
  clock: Clock,
  day: Day,
  failures: FailedRenewal[],
): Promise<DueRenewal[]> {
  const catalog = await loadCatalog(trx);
  const recordNotices = (outcome: FailedRenewal['outcome']) =>
    recordNoticesOnce(
      trx,
      clock,
      NOTICES[outcome],
      failures
        .filter((failure) => failure.outcome === outcome)
        .flatMap(({ renewal }) => renewal.orders)
        .filter(({ paidUntil, category }) => paidUntil <= addDays(day, catalog.get(category).invoiceDays)),
    );
  const recorded = [...(await recordNotices('profile')), ...(await recordNotices('short'))];
  const orderIds = new Set(recorded.map(({ orderId }) => orderId));
  const notified = failures.filter(({ renewal }) => renewal.orders.some(({ orderId }) => orderIds.has(orderId)));
  await enqueueMails(
    trx,
    clock,
    notified.map((failure) => failureMail(failure, catalog)),
  );
  return notified.map(({ renewal }) => renewal);
}

/** About the order whose period ends first. */
function failureMail(failure: FailedRenewal, catalog: Catalog): NewMail {
  const { renewal, balance, reserved } = failure;
  const { customerId, invoiceId, number, total, orders } = renewal;
  const first = orders.reduce((earliest, order) => (order.paidUntil < earliest.paidUntil ? order : earliest));
  const lacking = failure.outcome === 'short' ? { missing: failure.missing } : { fields: failure.fields };
  return {
    customerId,
    kind: NOTICES[failure.outcome],
    data: {
      order: orders.map(({ orderId }) => orderId).join(', '),
      plan: first.plan,
      invoice: { id: invoiceId, number },
      total,
      balance,
      reserved: reserved.isPositive ? reserved : undefined,
      ...lacking,
      paid_until: first.paidUntil,
      suspended_on: suspensionDay(first.paidUntil, catalog.get(first.category)),
      cancelled_on: cancellationDay(first.paidUntil, catalog.get(first.category)),
    },
  };
}
