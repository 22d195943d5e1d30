import type { Day } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { NotFound } from '../errors.ts';
import { Money } from '../money/money.ts';
import { type Buyer, BUYER_SHOWN } from './buyer.ts';
import { FIRST_ORDER, type ListedInvoice } from './invoice-list-queries.ts';
import { INVOICE_COLUMNS, type InvoiceListItem, type InvoiceRow, toInvoice } from './invoice-row.ts';
import type { LineKind, NewInvoiceLine, Seller } from './invoice.ts';

export async function listInvoicesOfOrder(
  db: Db,
  customerId: number,
  orderId: number,
  today: Day,
): Promise<InvoiceListItem[]> {
  const rows = await db('invoices as i')
    .join('customers as c', 'c.id', 'i.customer_id')
    .where('i.customer_id', customerId)
    .whereIn('i.id', db('invoice_lines').where({ order_id: orderId }).select('invoice_id'))
    .orderBy('i.id', 'desc')
    .limit(100)
    .select<InvoiceRow[]>(INVOICE_COLUMNS);
  return rows.map((row) => toInvoice(row, today));
}

interface InvoiceLine {
  kind: LineKind;
  orderId: number | null;
  months: number | null;
  periodFrom: Day | null;
  periodTo: Day | null;
  amount: Money;
  details: NewInvoiceLine['details'];
}

export interface InvoiceDetails extends InvoiceListItem {
  cancelledAt: Date | null;
  /** The member who paid it from the balance. */
  paidBy: string | null;
  buyer: Buyer;
  seller: Seller;
  lines: InvoiceLine[];
}

/** SQL: the member who paid an invoice, of `invoices as i`, from the balance. */
const PAID_BY = `(
  select u.email::text
  from ledger_transactions t
  join users u on u.id = t.user_id and u.kind = 'member'
  where t.cause_type = 'invoice'
    and t.cause_id = i.id
)`;

/** @throws {NotFound} when it is missing or another customer's */
export async function getInvoiceForCustomer(
  db: Db,
  customerId: number,
  invoiceId: number,
  today: Day,
): Promise<InvoiceDetails> {
  const [row, lines] = await Promise.all([
    db('invoices as i')
      .join('customers as c', 'c.id', 'i.customer_id')
      .where({ 'i.id': invoiceId, 'i.customer_id': customerId })
      .first<(InvoiceRow & { buyer: Buyer; seller: Seller; paid_by: string | null }) | undefined>([
        ...INVOICE_COLUMNS,
        db.raw(`${BUYER_SHOWN} as buyer`),
        'i.seller',
        db.raw(`${PAID_BY} as paid_by`),
      ]),
    db('invoice_lines').where({ invoice_id: invoiceId, customer_id: customerId }).orderBy('position'),
  ]);
  if (!row) throw new NotFound();
  return {
    ...toInvoice(row, today),
    cancelledAt: row.cancelled_at,
    paidBy: row.paid_by,
    buyer: row.buyer,
    seller: row.seller,
    lines: lines.map((line) => ({
      kind: line.kind,
      orderId: line.order_id,
      months: line.months,
      periodFrom: line.period_from,
      periodTo: line.period_to,
      amount: Money.of(line.amount, line.currency),
      details: line.details,
    })),
  };
}

/** The chosen invoices of a customer, oldest first; those of other customers are left out. */
export async function listInvoicesByIds(
  db: Db,
  customerId: number,
  invoiceIds: number[],
  today: Day,
): Promise<(InvoiceListItem & Pick<ListedInvoice, 'firstOrder'>)[]> {
  const rows = await db('invoices as i')
    .join('customers as c', 'c.id', 'i.customer_id')
    .where('i.customer_id', customerId)
    .whereIn('i.id', invoiceIds)
    .orderBy('i.id')
    .select<(InvoiceRow & { first_order: ListedInvoice['firstOrder'] })[]>([
      ...INVOICE_COLUMNS,
      db.raw(`${FIRST_ORDER} as first_order`),
    ]);
  return rows.map((row) => ({ ...toInvoice(row, today), firstOrder: row.first_order }));
}

/** The unpaid invoices of an order, by what they have a line for. */
export async function listOpenInvoices(
  db: Db,
  orderId: number,
): Promise<{ id: number; number: string; kind: LineKind }[]> {
  return db('invoice_lines as l')
    .join('invoices as i', 'i.id', 'l.invoice_id')
    .where({ 'l.order_id': orderId, 'i.status': 'unpaid' })
    .orderBy('i.id')
    .select('i.id', 'i.number', 'l.kind');
}
