import type { Clock } from '../../platform/clock.ts';
import type { Db, Transaction } from '../../platform/db/database.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { NotFound, OrderStateRefused } from '../errors.ts';
import { Money, sum } from '../money/money.ts';
import { systemAccount } from '../ledger/accounts.ts';
import { postTransaction } from '../ledger/post-transaction.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { markInvoiceCancelled } from '../invoices/mark-invoices.ts';
import { lockOrderWithInvoices } from '../orders/lock-order-with-invoices.ts';
import { markOrderCancelled } from '../orders/mark-cancelled.ts';

/**
 * Ends a paid order that cannot be set up, and credits all that was paid for it. Locks its invoices, the ledger account,
 * then the order.
 * @param request.reason shown to the customer
 * @returns what was credited
 * @throws {NotFound} @throws {OrderStateRefused} unless it is being set up
 */
export async function refuseOrder(
  db: Db,
  clock: Clock,
  { by, orderId, reason }: { by: number; orderId: number; reason: string },
): Promise<Money> {
  return inTransaction(db, async (trx) => {
    const owner = await trx('orders').where({ id: orderId }).first<{ customer_id: number } | undefined>('customer_id');
    if (!owner) throw new NotFound();
    const { order, account, unpaid } = await lockOrderWithInvoices(trx, owner.customer_id, orderId);
    if (order.status !== 'provisioning') throw new OrderStateRefused({ order: orderId, status: order.status });
    for (const invoice of unpaid) await markInvoiceCancelled(trx, clock, invoice);
    const credit = await paidFor(trx, orderId, order.price.currency);
    const { customerId } = order;
    if (credit.isPositive)
      await postTransaction(trx, {
        kind: 'refund',
        cause: { type: 'cancellation', id: orderId },
        customerId,
        occurredAt: clock.now(),
        entries: [
          { accountId: account.id, money: credit },
          {
            accountId: await systemAccount(trx, { kind: 'revenue', currency: credit.currency }),
            money: credit.negated(),
          },
        ],
      });
    await markOrderCancelled(trx, clock, { customerId, orderId, userId: by, reason, cause: 'refused', credit });
    await recordAudit(trx, clock, {
      userId: by,
      action: 'order.refused',
      subject: { type: 'order', id: String(orderId) },
      customerId,
      reason,
      details: { order: orderId, credited: `${credit.toDatabase()} ${credit.currency}` },
    });
    return credit;
  });
}

/** All that was paid for an order that has not begun: its period, its options, its setup. */
export async function paidFor(db: Db | Transaction, orderId: number, currency: string): Promise<Money> {
  const lines = await db('invoice_lines as l')
    .join('invoices as i', 'i.id', 'l.invoice_id')
    .where({ 'l.order_id': orderId, 'i.status': 'paid' })
    .select<{ amount: string; currency: string }[]>('l.amount', 'l.currency');
  return sum(
    lines.map((line) => Money.of(line.amount, line.currency)),
    currency,
  );
}
