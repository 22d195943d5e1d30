import type { Day } from '../../platform/clock.ts';
import type { Transaction } from '../../platform/db/database.ts';
import { InvoiceNotUnpaid, NotFound } from '../errors.ts';
import { Money } from '../money/money.ts';
import type { InvoiceKind, InvoiceStatus, LineKind, NewInvoiceLine } from './invoice.ts';

export interface LockedInvoice {
  id: number;
  customerId: number;
  number: string;
  kind: InvoiceKind;
  status: InvoiceStatus;
  total: Money;
  lines: LockedLine[];
}

/** A line never changes; it is read with its invoice. */
export interface LockedLine {
  invoiceId: number;
  kind: LineKind;
  /** Null for a top-up. */
  orderId: number | null;
  months: number | null;
  periodFrom: Day | null;
  details: NewInvoiceLine['details'];
}

/**
 * Locks invoices in the order of their ids, the first of all locks.
 * @throws {NotFound} when one is missing or another customer's
 */
export function lockInvoices(trx: Transaction, customerId: number, invoiceIds: number[]): Promise<LockedInvoice[]> {
  return lock(trx, customerId, invoiceIds, 'id = any(:ids)');
}

/**
 * Locks invoices that are to be paid, and with them the others that are open for the same orders: a paid plan change
 * replaces its order's open renewal, and a paid renewal cancels an unpaid upgrade.
 * @throws {NotFound} when one is missing or another customer's
 */
export function lockInvoicesToPay(
  trx: Transaction,
  customerId: number,
  invoiceIds: number[],
): Promise<LockedInvoice[]> {
  return lock(
    trx,
    customerId,
    invoiceIds,
    `id in (
       select unnest(cast(:ids as bigint[]))
       union
       select l.invoice_id
       from invoice_lines paid
       join invoice_lines l on l.order_id = paid.order_id
       where paid.invoice_id = any(:ids)
         and paid.kind in ('renewal', 'plan_change')
     )
     and (id = any(:ids) or status = 'unpaid')`,
  );
}

interface LockedRow {
  id: number;
  number: string;
  kind: InvoiceKind;
  status: InvoiceStatus;
  total: string;
  currency: string;
  lines: LockedLine[];
}

async function lock(
  trx: Transaction,
  customerId: number,
  invoiceIds: number[],
  which: string,
): Promise<LockedInvoice[]> {
  const ids = [...new Set(invoiceIds)];
  const { rows } = await trx.raw<{ rows: LockedRow[] }>(
    `select id, number, kind, status, total, currency, coalesce((
       select jsonb_agg(
         jsonb_build_object('invoiceId', l.invoice_id, 'kind', l.kind, 'orderId', l.order_id, 'months', l.months,
           'periodFrom', l.period_from, 'details', l.details)
         order by l.position
       )
       from invoice_lines l
       where l.invoice_id = invoices.id
     ), '[]') as lines
     from invoices
     where customer_id = :customerId
       and ${which}
     order by id
     for update`,
    { ids, customerId },
  );
  const locked = new Set(rows.map(({ id }) => id));
  if (ids.length === 0 || ids.some((id) => !locked.has(id))) throw new NotFound();
  return rows.map(({ total, currency, ...row }) => ({ ...row, customerId, total: Money.of(total, currency) }));
}

/** @throws {InvoiceNotUnpaid} */
export function assertUnpaid(invoice: Pick<LockedInvoice, 'number' | 'status'>) {
  if (invoice.status !== 'unpaid') throw new InvoiceNotUnpaid({ number: invoice.number, status: invoice.status });
}
