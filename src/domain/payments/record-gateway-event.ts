import type { Clock } from '../../platform/clock.ts';
import type { Db, Transaction } from '../../platform/db/database.ts';
import { inOnePacket, inTransaction } from '../../platform/db/transaction.ts';
import { NotFound, Refusal } from '../errors.ts';
import type { GatewayEvent } from '../gateways/gateway.ts';
import { type LockedInvoice, lockInvoices, lockInvoicesToPay } from '../invoices/lock-invoices.ts';
import { bookCapture, type Credit, valueCapture } from './capture-payment.ts';
import { type LockedPayment, lockPayment } from './lock-payment.ts';
import { payForPurpose } from './top-up-purpose.ts';

/**
 * Books what a gateway reports, exactly once, however often, in whatever order and however concurrently it is reported
 * (rule T5). Locks the invoice with those that its top-up is to pay, then the payment and the ledger account.
 * @throws {NotFound} when we never asked for that payment
 */
export async function recordGatewayEvent(db: Db, clock: Clock, gateway: string, event: GatewayEvent): Promise<void> {
  await inTransaction(db, async (trx) => {
    const asked = await findPayment(trx, gateway, event.reference);
    if (!asked) throw new NotFound();
    const { customerId, invoiceId, purpose } = asked;
    const [locked, payment] = await inOnePacket(
      purpose.length > 0
        ? lockInvoicesToPay(trx, customerId, [invoiceId, ...purpose])
        : lockInvoices(trx, customerId, [invoiceId]),
      lockPayment(trx, { gateway, reference: event.reference }, event.money.currency),
    );
    const invoice = locked.find(({ id }) => id === invoiceId) as LockedInvoice;
    if (!(await storeEvent(trx, clock, gateway, payment.id, event))) return;
    switch (event.type) {
      case 'captured':
        if (payment.status === 'captured') return markIfAnother(trx, payment, event);
        if (!(await capture(trx, clock, payment, invoice, event))) return;
        return payForPurpose(trx, clock, {
          customerId,
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

const setStatus = (trx: Transaction, payment: LockedPayment, status: 'declined' | 'pending') =>
  trx('payments').where({ id: payment.id }).update({ status });

/**
 * Books a capture. One that cannot be valued (an unknown currency, no rate, finer than a minor unit) is stored and
 * marked for staff, so that the event is not lost.
 * @returns whether anything was booked
 */
async function capture(
  trx: Transaction,
  clock: Clock,
  payment: LockedPayment,
  invoice: LockedInvoice,
  event: GatewayEvent,
): Promise<boolean> {
  const reported = { payment, invoice, captured: event.money };
  let value: Credit;
  try {
    value = await valueCapture(trx, clock, reported);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    await trx('payments').where({ id: payment.id }).update({ status: 'pending', marked_for: 'cannot_value' });
    return false;
  }
  await bookCapture(trx, clock, { ...reported, ...value });
  return true;
}

/** Marks a second capture of a payment if its amount differs; with the same amount it is the first, reported again. */
async function markIfAnother(trx: Transaction, payment: LockedPayment, event: GatewayEvent) {
  if (payment.captured && !payment.captured.equals(event.money))
    await trx('payments').where({ id: payment.id }).whereNull('marked_for').update({ marked_for: 'captured_again' });
}

/** Whose payment it is, for which invoice, and which others the top-up is to pay (rule I6); nothing is locked yet. */
async function findPayment(
  trx: Transaction,
  gateway: string,
  reference: string,
): Promise<{ customerId: number; invoiceId: number; purpose: number[] } | undefined> {
  const row = await trx('payments as p')
    .leftJoin('top_up_purposes as t', 't.top_up_invoice_id', 'p.invoice_id')
    .where({ 'p.gateway': gateway, 'p.reference': reference })
    .first<{ customer_id: number; invoice_id: number; invoice_ids: number[] | null } | undefined>(
      'p.customer_id',
      'p.invoice_id',
      't.invoice_ids',
    );
  return row && { customerId: row.customer_id, invoiceId: row.invoice_id, purpose: row.invoice_ids?.map(Number) ?? [] };
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
