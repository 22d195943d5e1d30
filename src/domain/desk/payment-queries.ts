import type { Db } from '../../platform/db/database.ts';
import { NotFound } from '../errors.ts';
import { type StaffPayment, staffPayments } from './payment-list-queries.ts';

/** A message of a gateway about a payment, as it was received. */
interface GatewayMessage {
  type: string;
  eventId: string;
  receivedAt: Date;
}

export interface PaymentDetails extends StaffPayment {
  /** What the gateway has reported, oldest first. */
  messages: GatewayMessage[];
  /** What it was booked by; null while nothing was. */
  transactionId: number | null;
  /** The member who began it. */
  startedBy: string | null;
}

/** @throws {NotFound} */
export async function getPayment(db: Db, id: number): Promise<PaymentDetails> {
  const page = db.from(db('payments as p').where({ 'p.id': id }).as('p'));
  const [[row], messages, transaction, starter] = await Promise.all([
    staffPayments.shown(page),
    db('webhook_events')
      .where({ payment_id: id })
      .orderBy('id')
      .limit(100)
      .select<{ type: string; event_id: string; received_at: Date }[]>('type', 'event_id', 'received_at'),
    db('ledger_transactions').where({ cause_type: 'payment', cause_id: id }).first<{ id: number } | undefined>('id'),
    db('payments as p')
      .join('users as u', 'u.id', 'p.user_id')
      .where({ 'p.id': id })
      .first<{ email: string } | undefined>('u.email'),
  ]);
  if (!row) throw new NotFound();
  return {
    ...staffPayments.toItem(row),
    messages: messages.map(({ type, event_id: eventId, received_at: receivedAt }) => ({ type, eventId, receivedAt })),
    transactionId: transaction?.id ?? null,
    startedBy: starter?.email ?? null,
  };
}
