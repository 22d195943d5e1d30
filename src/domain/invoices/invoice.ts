import type { Day } from '../../platform/clock.ts';
import type { Names } from '../../platform/i18n/names.ts';
import type { Money } from '../money/money.ts';

export type InvoiceKind = 'service' | 'top_up';
export type InvoiceStatus = 'unpaid' | 'paid' | 'cancelled';
/** *Overdue* is derived: unpaid and past its due date (rule I3). */
export type ShownInvoiceStatus = InvoiceStatus | 'overdue';

export type LineKind = 'new_order' | 'renewal' | 'option' | 'setup_fee' | 'plan_change' | 'top_up';

export interface NewInvoiceLine {
  kind: LineKind;
  orderId: number | null;
  months: number | null;
  periodFrom: Day | null;
  periodTo: Day | null;
  amount: Money;
  /** What the line shows, as it was when the invoice was issued: plan, hostname, address. */
  details: {
    plan?: string;
    hostname?: string;
    ip?: string | null;
    /** An option's names by language. */
    option?: Names;
    /** Names of the options that a change adds, by language. */
    options?: Names;
    /** What applying the paid line needs to know. */
    terms?: unknown;
  };
}

export interface Seller {
  name: string;
  details: string;
}

/** An unpaid top-up is not a debt, and so never overdue. */
export function shownStatus(kind: InvoiceKind, status: InvoiceStatus, dueOn: Day, today: Day): ShownInvoiceStatus {
  return kind === 'service' && status === 'unpaid' && dueOn < today ? 'overdue' : status;
}

/** Whether it can be paid. */
export const isPayable = (status: ShownInvoiceStatus): boolean => status === 'unpaid' || status === 'overdue';
