import { type DueRenewal, lockDueRenewals, PAYABLE_RENEWALS } from './due-renewals.ts';
import { notifyFailedRenewals } from './notify-failed-renewals.ts';
import { decideOutcomes } from './renewal-outcomes.ts';
import { settleRenewals } from './settle-renewals.ts';
import { type BillingItem, type BillingStep, findInvoices } from './step.ts';

/**
 * Rule B2: renewals of orders with auto-renewal are paid from the balance where that, less what is reserved for unpaid
 * invoices, covers them whole, those due first at the top; otherwise the customer is notified, once for a period.
 */
export const payRenewals: BillingStep = {
  action: 'paid',
  batch: 500,
  parallel: 2,
  find: findInvoices(PAYABLE_RENEWALS, { orderBy: 'customer_id, due_on, id' }),
  async act(trx, { clock, day }, ids) {
    const outcomes = decideOutcomes(await lockDueRenewals(trx, { clock, day }, ids));
    const paid = outcomes.filter(({ outcome }) => outcome === 'paid').map(({ renewal }) => renewal);
    const failures = outcomes.filter((failure) => failure.outcome !== 'paid');
    await settleRenewals(trx, clock, paid);
    const notified = await notifyFailedRenewals(trx, clock, day, failures);
    return [...paid.flatMap(itemsOf('paid')), ...notified.flatMap(itemsOf('renewal_failed'))];
  },
};

const itemsOf =
  (action: BillingItem['action']) =>
  ({ customerId, invoiceId, orders }: DueRenewal): BillingItem[] =>
    orders.map(({ orderId }) => ({ action, customerId, orderId, invoiceId }));
