import type { Clock } from '../../platform/clock.ts';
import type { Db, Transaction } from '../../platform/db/database.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { NotFound, Refusal } from '../errors.ts';
import { Money } from '../money/money.ts';
import type { GatewayEvent } from '../gateways/gateway.ts';
import { type LockedInvoice, lockInvoices } from '../invoices/lock-invoices.ts';
import { capturePayment, type OpenPayment } from './capture-payment.ts';
import { withSuperseded } from './pay-invoices.ts';
import { listPurpose, payForPurpose } from './top-up-purpose.ts';

/**
 * Books what a gateway reports, exactly once, however often, in whatever order and however concurrently it is reported
 * (rule T5). Locks the invoice with those that its top-up is to pay, then the payment, then the ledger account.
 * @throws {NotFound} when we never asked for that payment
 */
export async function recordGatewayEvent(db: Db, clock: Clock, gateway: string, event: GatewayEvent): Promise<void> {
  await inTransaction(db, async (trx) => {
    const asked = await trx('payments')
      .where({ gateway, reference: event.reference })
      .first<{ customer_id: number; invoice_id: number } | undefined>('customer_id', 'invoice_id');
    if (!asked) throw new NotFound();
    const purpose = await listPurpose(trx, asked.invoice_id);
    const toLock = await withSuperseded(trx, asked.customer_id, [asked.invoice_id, ...purpose]);
    const locked = await lockInvoices(trx, asked.customer_id, toLock);
    const invoice = locked.find(({ id }) => id === asked.invoice_id) as LockedInvoice;
    const payment = await lockPayment(trx, gateway, event.reference);
    if (!(await storeEvent(trx, clock, gateway, payment.id, event))) return;
    switch (event.type) {
      case 'captured':
        if (payment.status === 'captured') return markIfAnother(trx, payment, event);
        if (!(await capture(trx, clock, payment, invoice, event))) return;
        return payForPurpose(trx, clock, {
          customerId: asked.customer_id,
          invoices: locked.filter(({ id }) => purpose.includes(id)),
        });
      case 'declined':
        if (payment.status !== 'captured') await setStatus(trx, payment, 'declined');
        return;
      case 'pending':
        if (payment.status === 'started') await setStatus(trx, payment, 'pending');
    }
  });
}

const setStatus = (trx: Transaction, payment: OpenPayment, status: 'declined' | 'pending') =>
  trx('payments').where({ id: payment.id }).update({ status });

/**
 * Books a capture. One that cannot be valued (an unknown currency, no rate, finer than a minor unit) is stored and
 * marked for staff, so that the event is not lost.
 * @returns whether anything was booked
 */
async function capture(
  trx: Transaction,
  clock: Clock,
  payment: OpenPayment,
  invoice: LockedInvoice,
  event: GatewayEvent,
): Promise<boolean> {
  try {
    await trx.transaction((inner) => capturePayment(inner, clock, payment, invoice, event.money));
    return true;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    await trx('payments').where({ id: payment.id }).update({ status: 'pending', marked_for: 'cannot_value' });
    return false;
  }
}

/** Marks a second capture of a payment if its amount differs; with the same amount it is the first, reported again. */
async function markIfAnother(trx: Transaction, payment: OpenPayment, event: GatewayEvent) {
  if (payment.captured && !payment.captured.equals(event.money))
    await trx('payments').where({ id: payment.id }).whereNull('marked_for').update({ marked_for: 'captured_again' });
}

async function lockPayment(trx: Transaction, gateway: string, reference: string): Promise<OpenPayment> {
  const row = await trx('payments').where({ gateway, reference }).forUpdate().first();
  return {
    id: row.id,
    customerId: row.customer_id,
    quoteId: row.quote_id,
    gateway,
    status: row.status,
    captured: row.captured_amount === null ? null : Money.of(row.captured_amount, row.captured_currency),
  };
}

/** @returns false when the same event was stored before */
async function storeEvent(trx: Transaction, clock: Clock, gateway: string, paymentId: number, event: GatewayEvent) {
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
