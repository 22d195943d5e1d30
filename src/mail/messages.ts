import type { Money } from '../money/money.ts';

/** What a customer can be written to about; what is about money leaving, suspension and the end always comes. */
export const NOTIFICATIONS = ['invoices', 'payments', 'renewals', 'news'] as const;
type Notification = (typeof NOTIFICATIONS)[number];

/** Every message there is, and which choice of the customer it falls under; `null` always comes. */
export const MESSAGES = {
  order_placed: 'invoices',
  order_paid: 'invoices',
  order_activated: 'invoices',
  invoice_issued: 'invoices',
  payment_received: 'payments',
  order_renewed: 'renewals',
  reminder: 'renewals',
  renewal_failed: null,
  suspended: null,
  resumed: null,
  cancelled: null,
  balance_adjusted: null,
} as const satisfies Record<string, Notification | null>;

export type MessageKind = keyof typeof MESSAGES;

/** What a message tells; days as `YYYY-MM-DD`, money as it is. */
export interface MessageData {
  order?: number;
  plan?: string;
  hostname?: string;
  ip?: string;
  invoice?: { id: number; number: string };
  total?: Money;
  credited?: Money;
  missing?: Money;
  balance?: Money;
  due_on?: string;
  paid_until?: string;
  suspended_on?: string;
  cancelled_on?: string;
  reason?: string;
}
