import type { Clock } from '../clock.ts';
import type { Db, Transaction } from '../db/database.ts';
import { inTransaction } from '../db/transaction.ts';
import { NotFound } from '../errors.ts';
import { lockInvoices, type LockedInvoice } from '../invoices/settle-invoice.ts';
import { capturePayment, type OpenPayment } from './capture-payment.ts';
import type { GatewayEvent } from './gateway.ts';
import { listPurpose, payForPurpose } from './top-up-purpose.ts';

/**
 * Books what a gateway reports, exactly once however often, in whatever order and however concurrently it is reported
 * (rule T5). Locks the invoice with those that its top-up is to pay, then the payment, then the ledger account.
 * @throws {NotFound} when we never asked for that payment
 */
export async function recordGatewayEvent(
  db: Db,
  clock: Clock,
  gateway: string,
  event: GatewayEvent,
): Promise<void> {
  await inTransaction(db, async (trx) => {
    const asked = await trx('payments')
      .where({ gateway, reference: event.reference })
      .first<{ customer_id: number; invoice_id: number } | undefined>('customer_id', 'invoice_id');
    if (!asked) throw new NotFound();
    const purpose = await listPurpose(trx, asked.invoice_id);
    const locked = await lockInvoices(trx, asked.customer_id, [asked.invoice_id, ...purpose]);
    const invoice = locked.find(({ id }) => id === asked.invoice_id) as LockedInvoice;
    const payment = await lockPayment(trx, gateway, event.reference);
    if (!(await keepEvent(trx, clock, gateway, payment.id, event))) return;
    if (payment.status === 'captured') return;
    await apply(trx, clock, payment, invoice, event);
    if (event.type === 'captured')
      await payForPurpose(trx, clock, { customerId: asked.customer_id, invoices: locked.filter(({ id }) => id !== invoice.id) });
  });
}

async function apply(
  trx: Transaction,
  clock: Clock,
  payment: OpenPayment,
  invoice: LockedInvoice,
  event: GatewayEvent,
) {
  switch (event.type) {
    case 'captured':
      return capturePayment(trx, clock, payment, invoice, event.money);
    case 'declined':
    case 'pending':
      await trx('payments').where({ id: payment.id }).update({ status: event.type });
  }
}

async function lockPayment(trx: Transaction, gateway: string, reference: string): Promise<OpenPayment> {
  const row = await trx('payments').where({ gateway, reference }).forUpdate().first();
  return { id: row.id, customerId: row.customer_id, quoteId: row.quote_id, gateway, status: row.status };
}

/** @returns false when this very event was kept before */
async function keepEvent(
  trx: Transaction,
  clock: Clock,
  gateway: string,
  paymentId: number,
  event: GatewayEvent,
) {
  const kept = await trx('webhook_events')
    .insert({
      gateway,
      event_id: event.id,
      type: event.type,
      payment_id: paymentId,
      body: JSON.stringify({ reference: event.reference, ...event.money.toJSON() }),
      received_at: clock.now(),
    })
    .onConflict(['gateway', 'event_id'])
    .ignore()
    .returning('id');
  return kept.length > 0;
}
