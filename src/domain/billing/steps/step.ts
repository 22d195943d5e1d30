import type { Clock, Day } from '../../../platform/clock.ts';
import type { Db, Transaction } from '../../../platform/db/database.ts';
import type { Seller } from '../../invoices/invoice.ts';

/** What a run did to an order or an invoice, in the order in which it is shown. */
export const BILLING_ACTIONS = [
  'price_told',
  'price_changed',
  'issued',
  'paid',
  'renewal_failed',
  'reminded',
  'suspended',
  'cancelled',
  'ended',
  'unpaid_cancelled',
  'upgrade_lapsed',
  'top_up_lapsed',
] as const;
export type BillingAction = (typeof BILLING_ACTIONS)[number];

export interface BillingItem {
  action: BillingAction;
  customerId: number;
  orderId: number | null;
  invoiceId: number | null;
}

/** An order or an invoice that a step may have to act on. */
export interface Candidate {
  id: number;
  customerId: number;
}

export interface StepContext {
  clock: Clock;
  seller: Seller;
  day: Day;
}

/**
 * One thing that the calendar does on a day. `find` only suggests; `act` locks, looks again and acts, one transaction a
 * batch, so that it can be repeated and run beside another.
 */
export interface BillingStep {
  /** The name under which runs and failures are recorded. */
  action: BillingAction;
  /** How many in one transaction. */
  batch: number;
  /** How many such batches at once; more than one where each locks everything in one order. */
  parallel: number;
  /**
   * A customer's candidates follow each other where they share a balance.
   * @param customerId only this customer's; null: every customer's
   */
  find(db: Db, day: Day, customerId: number | null): Promise<Candidate[]>;
  act(trx: Transaction, context: StepContext, ids: number[]): Promise<BillingItem[]>;
}

/** A row of an order or an invoice, as a suggestion. */
export interface CandidateRow {
  id: number;
  customer_id: number;
}

/**
 * Suggests the orders, `orders as o`, or the invoices, `invoices as i`, that fulfil a condition on `:day`.
 * @param joined SQL: joins that the condition needs
 */
const findIn =
  (table: 'orders o' | 'invoices i') =>
  (condition: string, { joined = '', orderBy = 'id' } = {}): BillingStep['find'] =>
  async (db, day, customerId) => {
    const alias = table.at(-1) ?? '';
    const { rows } = await db.raw<{ rows: CandidateRow[] }>(
      `select ${alias}.id, ${alias}.customer_id
       from ${table}
       ${joined}
       where ${condition}
         and (:customerId::bigint is null or ${alias}.customer_id = :customerId)
       order by ${orderBy.replaceAll(/\w+/g, `${alias}.$&`)}`,
      { day, customerId },
    );
    return toCandidates(rows);
  };

export const findOrders = findIn('orders o');
export const findInvoices = findIn('invoices i');

/** SQL, of `orders as o`: staff have not taken it out of the calendar for this day. */
export const NOT_LEFT_OUT = '(o.left_out_until is null or o.left_out_until < :day)';

/** SQL: an order's plan, as `p`, and its billing terms, as `b`. */
export const WITH_TERMS = `join plans p on p.id = o.plan_id
  join categories b on b.code = p.category`;

export const toCandidates = (rows: CandidateRow[]): Candidate[] =>
  rows.map(({ id, customer_id }) => ({ id, customerId: customer_id }));
