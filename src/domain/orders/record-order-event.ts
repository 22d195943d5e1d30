import type { Clock } from '../../platform/clock.ts';
import type { Names } from '../../platform/i18n/names.ts';
import type { Transaction } from '../../platform/db/database.ts';
import { insertRows } from '../../platform/db/insert-rows.ts';

export type OrderEventKind =
  | 'placed'
  | 'paid'
  | 'activated'
  | 'renewed'
  | 'plan_changed'
  | 'upgrade_withdrawn'
  | 'options_added'
  | 'options_withdrawn'
  | 'option_dropped'
  | 'option_kept'
  | 'suspended'
  | 'resumed'
  | 'ending'
  | 'ending_undone'
  | 'auto_renewal'
  | 'price_changed'
  | 'addresses_changed'
  | 'cancelled';

export interface OrderEvent {
  orderId: number;
  customerId: number;
  kind: OrderEventKind;
  details?: Record<string, string | number | null | Names>;
  invoiceId?: number | null;
  userId?: number | null;
}

/** Adds events to orders' histories, in the transaction of the change. */
export async function recordOrderEvents(trx: Transaction, clock: Clock, events: OrderEvent[]): Promise<void> {
  await insertRows(
    trx,
    'order_events',
    {
      order_id: 'bigint',
      customer_id: 'bigint',
      kind: 'text',
      details: 'jsonb',
      invoice_id: 'bigint',
      user_id: 'bigint',
      at: 'timestamptz',
    },
    events.map((event) => ({
      order_id: event.orderId,
      customer_id: event.customerId,
      kind: event.kind,
      details: event.details ?? {},
      invoice_id: event.invoiceId ?? null,
      user_id: event.userId ?? null,
      at: clock.now(),
    })),
  );
}

/** Adds one event to an order's history. */
export const recordOrderEvent = (trx: Transaction, clock: Clock, event: OrderEvent): Promise<void> =>
  recordOrderEvents(trx, clock, [event]);
