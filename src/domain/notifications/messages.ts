import type { Locale } from '../../platform/i18n/locale.ts';
import type { Money } from '../money/money.ts';
import type { Names } from '../../platform/i18n/names.ts';
import type { Notification } from '../customers/notifications.ts';
import type { ProfileField } from '../customers/profile.ts';

/**
 * Every message, and which choice of the customer it falls under. Messages about money that leaves the balance or comes
 * back to it, about suspension and about the end of an order are always sent: `null`.
 */
export const MESSAGES = {
  order_placed: 'invoices',
  order_paid: 'invoices',
  order_activated: 'invoices',
  addresses_changed: null,
  invoice_issued: 'invoices',
  payment_received: 'payments',
  order_renewed: null,
  orders_renewed: null,
  plan_changed: null,
  upgrade_withdrawn: null,
  options_added: null,
  options_withdrawn: null,
  reminder: 'renewals',
  overdue: 'renewals',
  ending: 'renewals',
  price_change: null,
  price_stays: null,
  renewal_failed: null,
  renewal_blocked: null,
  suspended: null,
  resumed: null,
  cancelled: null,
  balance_adjusted: null,
  support_request: null,
  support_copy: null,
  // About the account of a user.
  confirm_email: null,
  already_registered: null,
  reset_password: null,
  password_changed: null,
  new_device: null,
  confirm_new_email: null,
  email_changed: null,
  second_factor_on: null,
  second_factor_off: null,
  recovery_code_used: null,
  recovery_codes_made: null,
  member_invited: null,
  member_changed: null,
  member_removed: null,
  staff_invited: null,
  staff_changed: null,
  account_opened: null,
  factor_removal_asked: null,
  test_mail: null,
  staff_work: null,
  staff_digest: null,
} as const satisfies Record<string, Notification | null>;

const ACCOUNT_KINDS = [
  'confirm_email',
  'already_registered',
  'reset_password',
  'password_changed',
  'new_device',
  'confirm_new_email',
  'email_changed',
  'second_factor_on',
  'second_factor_off',
  'recovery_code_used',
  'recovery_codes_made',
  'member_invited',
  'member_changed',
  'member_removed',
  'staff_invited',
  'staff_changed',
  'account_opened',
  'factor_removal_asked',
  'test_mail',
  'staff_work',
  'staff_digest',
] as const satisfies MessageKind[];

/** A message to a user about their own account, whatever customers they are a member of. */
export type AccountMessageKind = (typeof ACCOUNT_KINDS)[number];

export const isAboutAccount = (kind: MessageKind): kind is AccountMessageKind =>
  (ACCOUNT_KINDS as readonly MessageKind[]).includes(kind);

export type MessageKind = keyof typeof MESSAGES;

const ABOUT_MONEY: readonly MessageKind[] = [
  'order_placed',
  'order_paid',
  'invoice_issued',
  'payment_received',
  'renewal_failed',
  'renewal_blocked',
  'balance_adjusted',
];

/** Whether a message is about invoices and the balance only, which not every member of a customer sees. */
export const isAboutMoney = (kind: MessageKind): boolean => ABOUT_MONEY.includes(kind);

/** What a message contains; days as `YYYY-MM-DD`. */
export interface MessageData {
  /** One, or several with commas. */
  order?: number | string;
  plan?: string;
  /** Of a message about several. */
  orders?: { id: number; plan: string; hostname: string; paid_until?: string }[];
  /** Of a message about what orders cost each period, from a day on. */
  prices?: { id: number; plan: string; hostname: string; months: number; before: Money; after: Money }[];
  from?: string;
  /** For the address where the plan is chosen. */
  plan_code?: string;
  hostname?: string;
  /** Of the order: what was added or was to be. */
  options?: Names;
  ip?: string;
  /** What the plan says about getting into the server, with gaps for the address; null for the portal's own words. */
  connect?: Names | null;
  invoice?: { id: number; number: string };
  total?: Money;
  credited?: Money;
  missing?: Money;
  fields?: ProfileField[];
  balance?: Money;
  /** How much of the balance is reserved for other invoices. */
  reserved?: Money;
  due_on?: string;
  paid_until?: string;
  suspended_on?: string;
  cancelled_on?: string;
  /** Of an adjustment, as staff wrote it; of a suspension or a cancellation, a key. */
  reason?: string;
  /** What a customer wrote, and who it was. */
  message?: string;
  sender?: string;
  customer?: number;
  reply_to?: string;
  /** Of an account: when and where something was done. */
  at?: Date | string;
  address?: string;
  user_agent?: string;
  /** The path that the message leads to, sealed (`MAIL_LINK`): who reads the database cannot follow it. */
  link?: string;
  new_email?: string;
  codes_left?: number;
  /** When something that was announced will be done. */
  until?: Date | string;
  /** What waits for staff, by the kinds of the work list. */
  work?: { kind: string; count: number }[];
  /** Who invites, and to which customer. */
  inviter?: string;
  account?: string;
}

/** What links in messages are sealed for, see src/platform/sealing.ts. */
export const MAIL_LINK = 'mail link';

/** A message as it is stored: money as `{ amount, currency }`. */
export interface StoredMail {
  id: number;
  kind: MessageKind;
  locale: Locale;
  recipient: string;
  /** The first name of the customer, for the greeting; '' where nobody has said it. */
  first_name: string;
  enqueued_at: Date;
  data: Record<keyof MessageData, unknown>;
}
