import type { Clock } from '../../../platform/clock.ts';
import type { Transaction } from '../../../platform/db/database.ts';
import { systemAccount } from '../../ledger/accounts.ts';
import { postTransactions } from '../../ledger/post-transaction.ts';
import { markInvoicesPaid } from '../../invoices/mark-invoices.ts';
import { listOrdersWithUnpaid } from '../../invoices/unpaid-queries.ts';
import { enqueueMails } from '../../notifications/enqueue-mail.ts';
import { nextPeriod } from '../../orders/period.ts';
import { type OrderEvent, recordOrderEvents } from '../../orders/record-order-event.ts';
import { withdrawWaitingChanges } from '../../plan-changes/cancel-waiting-changes.ts';
import type { DueRenewal } from './due-renewals.ts';

/**
 * Pays renewals whose balances cover them, for many customers in a few statements: what paying one invoice does (rule
 * I5), to the same rows. Everything has been locked by the caller.
 */
export async function settleRenewals(trx: Transaction, clock: Clock, renewals: DueRenewal[]): Promise<void> {
  if (renewals.length === 0) return;
  const revenue = new Map<string, number>();
  for (const { currency } of renewals.map(({ total }) => total))
    if (!revenue.has(currency)) revenue.set(currency, await systemAccount(trx, { kind: 'revenue', currency }));
  const balances = await postTransactions(
    trx,
    renewals.map(({ invoiceId, customerId, account, total }) => ({
      kind: 'invoice_payment',
      cause: { type: 'invoice', id: invoiceId },
      customerId,
      occurredAt: clock.now(),
      entries: [
        { accountId: account.id, money: total.negated() },
        { accountId: revenue.get(total.currency) ?? 0, money: total },
      ],
    })),
  );
  await markInvoicesPaid(
    trx,
    clock,
    renewals.map(({ invoiceId }, index) => ({ id: invoiceId, balanceAfter: balances[index] ?? null })),
  );
  await extend(trx, clock, renewals);
  const waitedFor = await listOrdersWithUnpaid(
    trx,
    'plan_change',
    renewals.flatMap(({ orders }) => orders.map(({ orderId }) => orderId)),
  );
  for (const [customerId, orderIds] of byCustomer(renewals, waitedFor))
    await withdrawWaitingChanges(trx, clock, customerId, orderIds);
}

/** Rule O7: adds the months after the paid-until date; orders suspended for non-payment are resumed at once. */
async function extend(trx: Transaction, clock: Clock, renewals: DueRenewal[]) {
  const extended = renewals.flatMap(({ customerId, invoiceId, number, orders }) =>
    orders.map((order) => ({
      ...order,
      customerId,
      invoice: { id: invoiceId, number },
      until: nextPeriod(order.anchorOn, order.paidMonths, order.months).to,
    })),
  );
  await trx.raw(
    `update orders o
     set paid_months = o.paid_months + v.months, paid_until = v.until, status = 'active', suspended_for = null,
       suspended_on = null
     from jsonb_to_recordset(cast(:rows as jsonb)) as v (id bigint, months int, until date)
     where o.id = v.id`,
    { rows: JSON.stringify(extended.map(({ orderId, months, until }) => ({ id: orderId, months, until }))) },
  );
  await recordOrderEvents(
    trx,
    clock,
    extended.flatMap(({ orderId, customerId, invoice, months, until, suspended }) => {
      const event = { orderId, customerId, invoiceId: invoice.id };
      const renewed: OrderEvent = { ...event, kind: 'renewed', details: { months, until } };
      return suspended ? [renewed, { ...event, kind: 'resumed' as const }] : [renewed];
    }),
  );
  await enqueueMails(
    trx,
    clock,
    extended.map(({ orderId, customerId, plan, hostname, invoice, until, suspended }) => ({
      customerId,
      kind: suspended ? 'resumed' : 'order_renewed',
      data: { order: orderId, plan, hostname, invoice, paid_until: until },
    })),
  );
}

/** The renewed orders that an upgrade waits for. */
function byCustomer(renewals: DueRenewal[], waitedFor: Set<number>): Map<number, number[]> {
  const found = new Map<number, number[]>();
  for (const { customerId, orders } of renewals)
    for (const { orderId } of orders)
      if (waitedFor.has(orderId)) found.set(customerId, [...(found.get(customerId) ?? []), orderId]);
  return found;
}
