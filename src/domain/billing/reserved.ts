import type { Clock } from '../../platform/clock.ts';
import type { Transaction } from '../../platform/db/database.ts';
import { Money } from '../money/money.ts';

/** Days for which money that was topped up for an invoice is reserved for it. */
const RESERVED_DAYS = 7;
const MS_PER_DAY = 86_400_000;

/** How much of a customer's balance is reserved for which of their unpaid invoices. */
export type Reserved = Map<number, Money>;

interface ReservedCreditRow {
  customer_id: number;
  credited: string;
  currency: string;
  /** By id. */
  unpaid: { id: number; total: string }[];
}

/**
 * What top-ups of the last 7 days credited for invoices (rule I6) that are still unpaid: it is reserved for them, so
 * that auto-renewal does not take it (rule B2). The customer may spend all of it: of each credit no more is reserved
 * than the lowest balance since.
 * @param customerIds whose ledger accounts the caller has locked, so that nothing of it is spent meanwhile
 */
export async function mapReserved(
  trx: Transaction,
  clock: Clock,
  customerIds: number[],
): Promise<Map<number, Reserved>> {
  const { rows } = await trx.raw<{ rows: ReservedCreditRow[] }>(
    `select p.customer_id, least(e.amount, kept.lowest) as credited, e.currency, open.unpaid
     from payments p
     join top_up_purposes u on u.top_up_invoice_id = p.invoice_id
     join ledger_transactions t on t.cause_type = 'payment' and t.cause_id = p.id
     join ledger_entries e on e.transaction_id = t.id and e.customer_id is not null
     join lateral (
       select min(since.balance_after) as lowest
       from ledger_entries since
       where since.account_id = e.account_id
         and since.id >= e.id
     ) kept on true
     join lateral (
       select jsonb_agg(jsonb_build_object('id', i.id, 'total', i.total::text) order by i.id) as unpaid
       from invoices i
       where i.id = any(u.invoice_ids)
         and i.status = 'unpaid'
     ) open on open.unpaid is not null
     where p.customer_id = any(:customerIds)
       and p.status = 'captured'
       and p.captured_at > :since
     order by p.id`,
    { customerIds, since: new Date(clock.now().getTime() - RESERVED_DAYS * MS_PER_DAY) },
  );
  const byCustomer = new Map<number, Reserved>();
  for (const row of rows) {
    const reserved = byCustomer.get(row.customer_id) ?? new Map<number, Money>();
    byCustomer.set(row.customer_id, reserved);
    reserve(reserved, row);
  }
  return byCustomer;
}

/** Divides a credit among the invoices that it was topped up for, each up to its total. */
function reserve(reserved: Reserved, { credited, currency, unpaid }: ReservedCreditRow) {
  let left = Money.of(credited, currency);
  for (const { id, total } of unpaid) {
    const kept = reserved.get(id) ?? Money.zero(currency);
    const wanted = Money.of(total, currency).minus(kept);
    const share = left.isLessThan(wanted) ? left : wanted;
    reserved.set(id, kept.plus(share));
    left = left.minus(share);
  }
}

/** What is reserved for other invoices than this one. */
export function reservedForOthers(reserved: Reserved | undefined, invoiceId: number, none: Money): Money {
  return [...(reserved ?? [])]
    .filter(([id]) => id !== invoiceId)
    .reduce((total, [, amount]) => total.plus(amount), none);
}
