import type { Locale } from '../../platform/i18n/locale.ts';
import type { Money } from '../money/money.ts';
import type { Notification } from '../customers/notifications.ts';
import type { ProfileField } from '../customers/profile.ts';

/**
 * Every message there is, and which choice of the customer it falls under. What is about money that leaves the balance
 * or comes back to it, suspension and the end always comes: `null`.
 */
export const MESSAGES = {
  order_placed: 'invoices',
  order_paid: 'invoices',
  order_activated: 'invoices',
  invoice_issued: 'invoices',
  payment_received: 'payments',
  order_renewed: null,
  plan_changed: null,
  upgrade_withdrawn: null,
  reminder: 'renewals',
  overdue: 'renewals',
  ending: 'renewals',
  renewal_failed: null,
  renewal_blocked: null,
  suspended: null,
  resumed: null,
  cancelled: null,
  balance_adjusted: null,
} as const satisfies Record<string, Notification | null>;

export type MessageKind = keyof typeof MESSAGES;

/** What a message tells; days as `YYYY-MM-DD`, money as it is. */
export interface MessageData {
  /** One, or several with commas. */
  order?: number | string;
  plan?: string;
  /** For the address where the plan is chosen. */
  plan_code?: string;
  hostname?: string;
  ip?: string;
  invoice?: { id: number; number: string };
  total?: Money;
  credited?: Money;
  missing?: Money;
  fields?: ProfileField[];
  balance?: Money;
  /** What of the balance is kept for what was topped up for. */
  reserved?: Money;
  due_on?: string;
  paid_until?: string;
  suspended_on?: string;
  cancelled_on?: string;
  /** Staff's own words, or a key: of a suspension, of a cancellation. */
  reason?: string;
}

/** A message as it is kept: money as `{ amount, currency }`. */
export interface StoredMail {
  id: number;
  kind: MessageKind;
  locale: Locale;
  recipient: string;
  data: Record<keyof MessageData, unknown>;
}
