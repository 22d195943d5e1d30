import type { Clock } from '../clock.ts';
import type { Transaction } from '../db/database.ts';

type OrderEventKind =
  | 'placed'
  | 'paid'
  | 'activated'
  | 'renewed'
  | 'plan_changed'
  | 'suspended'
  | 'resumed'
  | 'ending'
  | 'ending_undone'
  | 'auto_renewal'
  | 'cancelled';

export interface OrderEvent {
  orderId: number;
  customerId: number;
  kind: OrderEventKind;
  details?: Record<string, string | number | null>;
  invoiceId?: number | null;
  userId?: number | null;
}

/** Adds a line to the order's history, in the transaction of what it tells. */
export async function recordOrderEvent(trx: Transaction, clock: Clock, event: OrderEvent): Promise<void> {
  await trx('order_events').insert({
    order_id: event.orderId,
    customer_id: event.customerId,
    kind: event.kind,
    details: JSON.stringify(event.details ?? {}),
    invoice_id: event.invoiceId ?? null,
    user_id: event.userId ?? null,
    at: clock.now(),
  });
}
