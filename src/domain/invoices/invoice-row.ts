import type { Day } from '../../platform/clock.ts';
import { Money } from '../money/money.ts';
import { type InvoiceKind, type InvoiceStatus, type ShownInvoiceStatus, shownStatus } from './invoice.ts';

export interface InvoiceListItem {
  id: number;
  number: string;
  kind: InvoiceKind;
  orderIds: number[];
  issuedAt: Date;
  dueOn: Day;
  paidAt: Date | null;
  periodMonths: number | null;
  total: Money;
  balanceAfter: Money | null;
  status: ShownInvoiceStatus;
}

/** What the queries of invoices select of `invoices as i` and `customers as c`. */
export interface InvoiceRow {
  id: number;
  number: string;
  kind: InvoiceKind;
  status: InvoiceStatus;
  order_ids: number[];
  issued_at: Date;
  due_on: Day;
  paid_at: Date | null;
  cancelled_at: Date | null;
  period_months: number | null;
  total: string;
  currency: string;
  balance_after: string | null;
  account_currency: string;
}

export const INVOICE_COLUMNS = [
  'i.id',
  'i.number',
  'i.kind',
  'i.status',
  'i.order_ids',
  'i.issued_at',
  'i.due_on',
  'i.paid_at',
  'i.cancelled_at',
  'i.period_months',
  'i.total',
  'i.currency',
  'i.balance_after',
  'c.account_currency',
];

export function toInvoice(row: InvoiceRow, today: Day): InvoiceListItem {
  return {
    id: row.id,
    number: row.number,
    kind: row.kind,
    orderIds: row.order_ids.map(Number),
    issuedAt: row.issued_at,
    dueOn: row.due_on,
    paidAt: row.paid_at,
    periodMonths: row.period_months,
    total: Money.of(row.total, row.currency),
    balanceAfter: row.balance_after === null ? null : Money.of(row.balance_after, row.account_currency),
    status: shownStatus(row.kind, row.status, row.due_on, today),
  };
}
