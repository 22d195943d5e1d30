import type { Clock } from '../../platform/clock.ts';
import type { Db, Transaction } from '../../platform/db/database.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { NotFound, OrderStateRefused, PriceChanged, SmallerDisk } from '../errors.ts';
import { Money } from '../money/money.ts';
import type { Seller } from '../invoices/invoice.ts';
import type { IssuedInvoice } from '../invoices/issue-invoice.ts';
import { notifyInvoiceIssued } from '../notifications/notify-invoice-issued.ts';
import { lockOrderWithInvoices } from '../orders/lock-order-with-invoices.ts';
import type { LockedOrder } from '../orders/lock-order.ts';
import { isInPaidPeriod } from '../orders/order.ts';
import { reissueRenewal } from '../renewals/reissue-renewal.ts';
import { findOpenRenewal } from '../renewals/open-renewals.ts';
import { recordPlanChange } from './apply-plan-change.ts';
import { cancelWaitingChanges } from './cancel-waiting-changes.ts';
import { issueChange } from './issue-change.ts';
import { listPlanChangeOffers, type PlanChangeOffer } from './plan-change-offers-queries.ts';
import type { PlanChangeTerms } from './plan-change-terms.ts';

export interface ChangedPlan {
  /** The upgrade's unpaid invoice; null when the change took effect at once. */
  invoice: IssuedInvoice | null;
  /** Credited; zero or more. */
  credit: Money;
}

/**
 * Moves an order to another plan of its category (rule O8). An upgrade makes an invoice and takes effect when that is
 * paid; a downgrade, or a change that costs nothing, takes effect and is credited at once, and an open renewal of the
 * order is replaced by one at the new price. An unpaid upgrade of the order is replaced.
 * @param request.expected the amount that the customer was shown
 * @param request.acceptsSmallerDisk whether the customer, who was told that the disk is smaller, agreed to it; left out
 *   where nobody was told
 * @param request.isPaidNext it is paid at once, and only the payment is written about; should that fail, the caller writes
 * @throws {NotFound} when the plan is not offered to the order @throws {OrderStateRefused} @throws {PriceChanged}
 * @throws {SmallerDisk}
 */
export async function changePlan(
  db: Db,
  clock: Clock,
  seller: Seller,
  request: {
    customerId: number;
    userId: number | null;
    orderId: number;
    plan: string;
    expected?: Money;
    acceptsSmallerDisk?: boolean;
    isPaidNext?: boolean;
  },
): Promise<ChangedPlan> {
  return inTransaction(db, async (trx) => {
    const { order, account } = await lockOrderWithInvoices(trx, request.customerId, request.orderId);
    if (!isInPaidPeriod(order, clock.today())) throw new OrderStateRefused({ order: order.id, status: order.status });
    const offer = await findOffer(trx, clock, order, request.plan);
    const { amount } = offer.proration;
    if (request.expected && !request.expected.equals(amount)) throw new PriceChanged({ total: amount });
    if (offer.smallerDisk && request.acceptsSmallerDisk === false)
      throw new SmallerDisk({ disk: offer.smallerDisk.after });
    await cancelWaitingChanges(trx, clock, order.customerId, [order.id]);
    const terms = termsOf(order, offer);
    if (amount.isPositive) {
      const details = { plan: offer.plan.name };
      const invoice = await issueChange(trx, clock, seller, order, { amount, terms, details });
      if (!request.isPaidNext) await notifyInvoiceIssued(trx, clock, invoice.id);
      return { invoice, credit: Money.zero(amount.currency) };
    }
    const credit = amount.negated();
    await recordPlanChange(trx, clock, {
      order,
      accountId: account.id,
      terms,
      parts: offer.proration.periods,
      amount,
      credit,
      invoiceId: null,
      userId: request.userId,
    });
    const open = await findOpenRenewal(trx, order.customerId, order.id);
    await reissueRenewal(trx, clock, { customerId: order.customerId, open });
    return { invoice: null, credit };
  });
}

async function findOffer(trx: Transaction, clock: Clock, order: LockedOrder, code: string): Promise<PlanChangeOffer> {
  const offers = await listPlanChangeOffers(trx, order, clock);
  const offer = offers.find(({ plan }) => plan.code === code);
  if (!offer) throw new NotFound();
  return offer;
}

const termsOf = (order: LockedOrder, { plan, price, proration }: PlanChangeOffer): PlanChangeTerms => ({
  fromPlanId: order.planId,
  toPlanId: plan.id,
  price: price.toDatabase(),
  paidUntil: order.paidUntil as string,
  parts: proration.periods.map(({ from, to, amount }) => ({ from, to, amount: amount.toDatabase() })),
});
