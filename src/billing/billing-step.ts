import type { Clock, Day } from '../clock.ts';
import type { Db, Transaction } from '../db/database.ts';
import type { Seller } from '../invoices/invoice.ts';

/** What a run did to an order or an invoice; in the order in which people read of it. */
export const BILLING_ACTIONS = [
  'issued', 'paid', 'renewal_failed', 'reminded', 'suspended', 'cancelled', 'ended', 'given_up', 'upgrade_lapsed',
] as const; // prettier-ignore
export type BillingAction = (typeof BILLING_ACTIONS)[number];

export interface BillingItem {
  action: BillingAction;
  customerId: number;
  orderId: number | null;
  invoiceId: number | null;
}

/** An order or an invoice that a step may have something to do with. */
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
 * One thing that the calendar does on a day. `find` only suggests; `act` locks, looks again, and does it, in a transaction
 * of its own for some of them at a time, so that it can be repeated and run beside another.
 */
export interface BillingStep {
  /** What it does; runs and failures are told of by it. */
  action: BillingAction;
  /** How many at a time. */
  batch: number;
  /** How many such batches at once; more than one where each locks everything in one order. */
  parallel: number;
  /** A customer's follow each other where they share a balance. */
  find(db: Db, day: Day): Promise<Candidate[]>;
  act(trx: Transaction, context: StepContext, ids: number[]): Promise<BillingItem[]>;
}

/** A row of an order or an invoice, as a suggestion. */
export interface CandidateRow {
  id: number;
  customer_id: number;
}

/** Suggests the orders, `orders as o`, that fulfil a condition on `:day`. */
export const findOrders =
  (condition: string) =>
  async (db: Db, day: Day): Promise<Candidate[]> => {
    const { rows } = await db.raw<{ rows: CandidateRow[] }>(
      `select o.id, o.customer_id from orders o where ${condition} order by o.id`,
      { day },
    );
    return toCandidates(rows);
  };

export const toCandidates = (rows: CandidateRow[]): Candidate[] =>
  rows.map(({ id, customer_id }) => ({ id, customerId: customer_id }));
