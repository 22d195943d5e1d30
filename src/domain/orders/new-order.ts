import type { Money } from '../money/money.ts';
import type { IssuedInvoice } from '../invoices/issue-invoice.ts';

export interface NewOrder {
  customerId: number;
  /** Who orders, for the order's history. */
  userId?: number;
  /** The plan's code. */
  plan: string;
  months: number;
  /** The code of a location that the plan is sold in; without one, its first. */
  location?: string;
  hostname: string;
  os: string;
  /** A line of authorized_keys. */
  sshKey?: string;
  /** Codes of options of the plan. */
  options?: string[];
  serviceName?: string;
  comment?: string;
  /**
   * What the customer was shown, null where that cannot be read; another price of today is shown again before anything
   * is ordered (rule O10).
   */
  expectedTotal?: Money | null;
  /** Of the form; the same form sent twice places one order. */
  placementKey?: string;
}

export interface PlacedOrder {
  orderId: number;
  invoice: IssuedInvoice;
  /** False when the same form has placed it before. */
  isNew: boolean;
}
