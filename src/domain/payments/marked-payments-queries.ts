import type { Db } from '../../platform/db/database.ts';
import { Money } from '../money/money.ts';

type Mark = 'amount_differs' | 'currency_differs' | 'invoice_not_unpaid' | 'cannot_value' | 'captured_again';

export interface MarkedPayment {
  id: number;
  customerId: number;
  invoiceNumber: string;
  asked: Money;
  captured: Money | null;
  mark: Mark;
  at: Date;
}

/** Payments that staff should look at, newest first (rule T6). */
export async function listMarkedPayments(db: Db, limit = 50): Promise<MarkedPayment[]> {
  const rows = await db('payments as p')
    .join('invoices as i', 'i.id', 'p.invoice_id')
    .whereNotNull('p.marked_for')
    .orderBy('p.id', 'desc')
    .limit(limit)
    .select('p.*', 'i.number');
  return rows.map((row) => ({
    id: row.id,
    customerId: row.customer_id,
    invoiceNumber: row.number,
    asked: Money.of(row.amount, row.currency),
    captured: row.captured_amount === null ? null : Money.of(row.captured_amount, row.captured_currency),
    mark: row.marked_for,
    at: row.captured_at ?? row.started_at,
  }));
}
