import { addDays, type Clock, type Day } from '../../../platform/clock.ts';
import type { Transaction } from '../../../platform/db/database.ts';
import { Money } from '../../money/money.ts';
import { enqueueMails, type NewMail } from '../../notifications/enqueue-mail.ts';
import { cancellationDay, getBillingTerms, RENEWAL_DAYS_BEFORE, suspensionDay } from '../../orders/billing-terms.ts';
import { reservedForOthers } from '../reserved.ts';
import { type DueRenewal, lockDueRenewals, PAYABLE_RENEWALS, type PayingAccount } from './due-renewals.ts';
import { recordNoticesOnce } from './record-notices-once.ts';
import { settleRenewals } from './settle-renewals.ts';
import { type BillingItem, type BillingStep, findInvoices } from './step.ts';

/**
 * Rule B2: renewals of orders with auto-renewal are paid from the balance where that, less what is reserved for unpaid
 * invoices, covers them whole, those due first at the top; otherwise the customer is told, once for a period.
 */
export const payRenewals: BillingStep = {
  action: 'paid',
  batch: 500,
  parallel: 2,
  find: findInvoices(PAYABLE_RENEWALS, { orderBy: 'customer_id, due_on, id' }),
  async act(trx, { clock, day }, ids) {
    const { renewals, accounts } = await lockDueRenewals(trx, { clock, day }, ids);
    const affordable: DueRenewal[] = [];
    const refused: DueRenewal[] = [];
    const left = new Map([...accounts].map(([customerId, { balance }]) => [customerId, balance]));
    for (const renewal of renewals) {
      const account = accounts.get(renewal.customerId);
      const balance = left.get(renewal.customerId);
      const mayPay = account?.missing.length === 0;
      if (balance && mayPay && !spendable(balance, account, renewal).isLessThan(renewal.total)) {
        left.set(renewal.customerId, balance.minus(renewal.total));
        account.reserved.delete(renewal.invoiceId);
        affordable.push(renewal);
      } else refused.push(renewal);
    }
    await settleRenewals(trx, clock, affordable, accounts);
    const told = await notifyFailedRenewals(trx, clock, addDays(day, RENEWAL_DAYS_BEFORE), {
      refused,
      accounts,
      left,
    });
    return [...affordable.flatMap(itemsOf('paid')), ...told.flatMap(itemsOf('renewal_failed'))];
  },
};

/**
 * The balance less what is kept for other invoices; what was brought by several top-ups may be more than is left of it.
 */
function spendable(balance: Money, { reserved }: PayingAccount, { invoiceId }: DueRenewal): Money {
  const none = Money.zero(balance.currency);
  const rest = balance.minus(reservedForOthers(reserved, invoiceId, none));
  return rest.isNegative ? none : rest;
}

const itemsOf =
  (action: BillingItem['action']) =>
  ({ customerId, invoiceId, orders }: DueRenewal): BillingItem[] =>
    orders.map(({ orderId }) => ({ action, customerId, orderId, invoiceId }));

/**
 * Says what is missing: money on the balance, or fields in the profile; each once for a period that ends by a day, one
 * message for an invoice, about the order whose period ends first.
 */
async function notifyFailedRenewals(
  trx: Transaction,
  clock: Clock,
  by: Day,
  {
    refused,
    accounts,
    left,
  }: {
    refused: DueRenewal[];
    accounts: Map<number, PayingAccount>;
    left: Map<number, PayingAccount['balance']>;
  },
): Promise<DueRenewal[]> {
  const isBlocked = ({ customerId }: DueRenewal) => (accounts.get(customerId)?.missing.length ?? 0) > 0;
  const ending = (renewals: DueRenewal[]) =>
    renewals.flatMap(({ orders }) => orders).filter(({ paidUntil }) => paidUntil <= by);
  const fresh = new Set(
    [
      ...(await recordNoticesOnce(trx, clock, 'renewal_blocked', ending(refused.filter(isBlocked)))),
      ...(await recordNoticesOnce(
        trx,
        clock,
        'renewal_failed',
        ending(refused.filter((renewal) => !isBlocked(renewal))),
      )),
    ].map(({ orderId }) => orderId),
  );
  const told = refused.filter((renewal) => renewal.orders.some(({ orderId }) => fresh.has(orderId)));
  const terms = await getBillingTerms(trx);
  const mails = told.map((renewal): NewMail => {
    const { customerId, invoiceId, number, total, orders } = renewal;
    const first = orders.toSorted((a, b) => (a.paidUntil < b.paidUntil ? -1 : 1))[0];
    const account = accounts.get(customerId);
    const balance = left.get(customerId);
    const usable = balance && account && spendable(balance, account, renewal);
    const reserved = balance && usable && balance.minus(usable);
    const missing = usable && total.minus(usable);
    const blocked = isBlocked(renewal);
    return {
      customerId,
      kind: blocked ? 'renewal_blocked' : 'renewal_failed',
      data: {
        order: orders.map(({ orderId }) => orderId).join(', '),
        invoice: { id: invoiceId, number },
        total,
        ...(balance ? { balance } : {}),
        ...(reserved?.isPositive ? { reserved } : {}),
        ...(!blocked && missing?.isPositive ? { missing } : {}),
        ...(blocked ? { fields: account?.missing ?? [] } : {}),
        ...(first
          ? {
              plan: first.plan,
              paid_until: first.paidUntil,
              suspended_on: suspensionDay(first.paidUntil, terms[first.category]),
              cancelled_on: cancellationDay(first.paidUntil, terms[first.category]),
            }
          : {}),
      },
    };
  });
  await enqueueMails(trx, clock, mails);
  return told;
}
