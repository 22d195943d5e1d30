import type { Db } from '../../platform/db/database.ts';
import type { InvoiceStatus } from '../invoices/invoice.ts';
import { Money } from '../money/money.ts';
import type { PaymentState } from './payment-queries.ts';

/** A payment through a gateway, of an invoice itself or of a top-up that was made to pay it. */
export interface PaymentTowards {
  id: number;
  invoice: { id: number; number: string };
  gateway: string;
  state: PaymentState;
  startedAt: Date;
  capturedAt: Date | null;
  asked: Money;
  captured: Money | null;
  /** It is not what was asked for, and waits for staff to look at it. */
  marked: boolean;
}

/** The payments towards a customer's invoice, newest first. */
export async function listPaymentsTowards(db: Db, customerId: number, invoiceId: number): Promise<PaymentTowards[]> {
  const { rows } = await db.raw<{ rows: PaymentRow[] }>(
    `select p.id, p.invoice_id, i.number, p.gateway, p.status, p.started_at, p.captured_at, p.amount, p.currency,
       p.captured_amount, p.captured_currency, p.marked_for is not null as marked
     from payments p
     join invoices i on i.id = p.invoice_id
     where p.customer_id = :customerId
       and (
         p.invoice_id = :invoiceId
         or p.invoice_id in (
           select top_up_invoice_id
           from top_up_purposes
           where invoice_ids @> array[:invoiceId]::bigint[]
         )
       )
     order by p.id desc
     limit 50`,
    { customerId, invoiceId },
  );
  return rows.map((row) => ({
    id: row.id,
    invoice: { id: row.invoice_id, number: row.number },
    gateway: row.gateway,
    state: row.status,
    startedAt: row.started_at,
    capturedAt: row.captured_at,
    asked: Money.of(row.amount, row.currency),
    captured: row.captured_amount === null ? null : Money.of(row.captured_amount, row.captured_currency ?? ''),
    marked: row.marked,
  }));
}

interface PaymentRow {
  id: number;
  invoice_id: number;
  number: string;
  gateway: string;
  status: PaymentState;
  started_at: Date;
  captured_at: Date | null;
  amount: string;
  currency: string;
  captured_amount: string | null;
  captured_currency: string | null;
  marked: boolean;
}

export interface TopUpFor {
  id: number;
  number: string;
  status: InvoiceStatus;
  /** What is paid, in its own currency. */
  total: Money;
  /** How its last payment stands; null while none was begun. */
  payment: PaymentState | null;
}

/** The last top-up that was made to pay an invoice. */
export async function findTopUpFor(db: Db, customerId: number, invoiceId: number): Promise<TopUpFor | null> {
  const { rows } = await db.raw<{
    rows: (Omit<TopUpFor, 'total'> & { total: string; currency: string })[];
  }>(
    `select i.id, i.number, i.status, i.total, i.currency, p.status as payment
     from top_up_purposes t
     join invoices i on i.id = t.top_up_invoice_id
     left join lateral (
       select status
       from payments
       where invoice_id = i.id
       order by id desc
       limit 1
     ) p on true
     where t.customer_id = :customerId
       and t.invoice_ids @> array[:invoiceId]::bigint[]
     order by i.id desc
     limit 1`,
    { customerId, invoiceId },
  );
  const [row] = rows;
  if (!row) return null;
  const { currency, ...topUp } = row;
  return { ...topUp, total: Money.of(row.total, currency) };
}
