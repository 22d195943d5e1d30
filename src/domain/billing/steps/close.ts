import type { Transaction } from '../../../platform/db/database.ts';
import type { LineKind } from '../../invoices/invoice.ts';
import { markInvoiceCancelled } from '../../invoices/mark-invoices.ts';
import { CANCELLATION_DAY } from '../../orders/billing-terms.ts';
import { lockOrderWithInvoices } from '../../orders/lock-order-with-invoices.ts';
import type { LockedOrder } from '../../orders/lock-order.ts';
import { type CancellationCause, markOrderCancelled } from '../../orders/mark-cancelled.ts';
import { SUSPENDED_FOR_NON_PAYMENT } from '../../orders/order.ts';
import { reissueRenewal } from '../../renewals/reissue-renewal.ts';
import { findOpenRenewal } from '../../renewals/open-renewals.ts';
import { cancelUnpaidInvoiceIn } from '../../cancellations/cancel-unpaid-invoice.ts';
import { TOP_UP_LAPSES_DAYS } from '../../payments/create-top-up.ts';
import {
  type BillingAction,
  type BillingItem,
  type BillingStep,
  type CandidateRow,
  findInvoices,
  findOrders,
  NOT_LEFT_OUT,
  type StepContext,
  toCandidates,
  WITH_TERMS,
} from './step.ts';

/** Only a few happen on a day, each with locks of its own, so batches are small. */
const FEW = { batch: 20, parallel: 1 };

const hasLine = (kind: LineKind) =>
  `i.kind = 'service'
   and exists (select from invoice_lines where invoice_id = i.id and kind = '${kind}')`;

/** Cancels invoices that were not paid by their due date. */
function lapsed(action: BillingAction, which: string): BillingStep {
  const unpaid = `i.status = 'unpaid'
    and i.due_on < :day
    and ${which}`;
  return {
    action,
    ...FEW,
    find: findInvoices(unpaid),
    async act(trx, { clock, day }, ids) {
      const { rows } = await trx.raw<{ rows: (CandidateRow & { order_ids: number[] })[] }>(
        `select i.id, i.customer_id, i.order_ids
         from invoices i
         where i.id = any(:ids)
           and ${unpaid}
         order by i.id
         for update`,
        { ids, day },
      );
      const items: BillingItem[] = [];
      for (const { id: invoiceId, customer_id: customerId, order_ids } of rows) {
        const request = { customerId, userId: null, invoiceId, cause: 'never_paid' as const };
        await cancelUnpaidInvoiceIn(trx, clock, request);
        const orders = order_ids.length > 0 ? order_ids.map(Number) : [null];
        items.push(...orders.map((orderId) => ({ action, customerId, orderId, invoiceId })));
      }
      return items;
    },
  };
}

/** Rule B5: invoices of new orders are cancelled with their orders. */
export const cancelUnpaidNewOrders = lapsed(
  'unpaid_cancelled',
  `${hasLine('new_order')}
   and not exists (select from orders o where o.id = any(i.order_ids) and not ${NOT_LEFT_OUT})`,
);

/** Rule O8: unpaid upgrades are cancelled, and their orders stay on their plans. */
export const dropUnpaidUpgrades = lapsed('upgrade_lapsed', hasLine('plan_change'));

/** Rule T2: top-ups whose last quote is older than 7 days; money that still arrives goes to the balance (T6). */
export const lapseTopUps = lapsed(
  'top_up_lapsed',
  `i.kind = 'top_up'
   and not exists (
     select
     from quotes
     where invoice_id = i.id
       and (made_at at time zone 'UTC')::date + ${TOP_UP_LAPSES_DAYS} >= :day
   )`,
);

/** Rule O9: orders that their customers cancelled as of the end of the period, once it is over. */
export const endCancelledPeriods: BillingStep = {
  action: 'ended',
  ...FEW,
  find: findOrders(`o.ends_at_period and o.paid_until < :day and ${NOT_LEFT_OUT}`),
  act: (trx, context, ids) =>
    cancelEach(trx, context, ids, {
      action: 'ended',
      cause: 'period_over',
      isDue: ({ endsAtPeriod, paidUntil }) => endsAtPeriod && paidUntil !== null && paidUntil < context.day,
    }),
};

/** Rule B4: orders that stayed suspended for non-payment until their day. */
export const cancelSuspended: BillingStep = {
  action: 'cancelled',
  ...FEW,
  find: findOrders(`${SUSPENDED_FOR_NON_PAYMENT} and ${CANCELLATION_DAY} <= :day and ${NOT_LEFT_OUT}`, {
    joined: WITH_TERMS,
  }),
  // A payment lifts the suspension; the day itself does not change and need not be checked again.
  act: (trx, context, ids) =>
    cancelEach(trx, context, ids, {
      action: 'cancelled',
      cause: 'not_renewed',
      isDue: ({ suspendedFor }) => suspendedFor === 'non_payment',
    }),
};

async function cancelEach(
  trx: Transaction,
  { clock }: StepContext,
  ids: number[],
  { action, cause, isDue }: { action: BillingAction; cause: CancellationCause; isDue: (order: LockedOrder) => boolean },
): Promise<BillingItem[]> {
  const rows = await trx('orders').whereIn('id', ids).orderBy('id').select<CandidateRow[]>('id', 'customer_id');
  const items: BillingItem[] = [];
  for (const { id: orderId, customerId } of toCandidates(rows)) {
    const { order, unpaid } = await lockOrderWithInvoices(trx, customerId, orderId);
    if (order.status === 'cancelled' || !isDue(order)) continue;
    const open = await findOpenRenewal(trx, customerId, orderId);
    for (const invoice of unpaid) await markInvoiceCancelled(trx, clock, invoice);
    await markOrderCancelled(trx, clock, { customerId, orderId, cause });
    await reissueRenewal(trx, clock, { customerId, open, without: [orderId] });
    items.push({ action, customerId, orderId, invoiceId: null });
  }
  return items;
}
