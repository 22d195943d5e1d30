import { addDays, type Clock, type Day } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { CUSTOMER_NAME } from '../identity/user-queries.ts';
import { Money } from '../money/money.ts';
import type { Seller } from '../invoices/invoice.ts';
import type { BillingAction } from './steps/step.ts';
import { daysUpTo } from './run-billing.ts';
import { runDay } from './run-day.ts';

/** How often an action would be taken on a day, and for how much, where it is about an invoice. */
export interface SimulatedAction {
  day: Day;
  action: BillingAction;
  count: number;
  /** Null where the action has no invoice. */
  total: Money | null;
}

/** One thing that would be done. */
export interface SimulatedItem {
  day: Day;
  action: BillingAction;
  customerId: number;
  customer: string;
  orderId: number | null;
  /** Of its invoice; null where there is none. */
  total: Money | null;
}

export interface Simulation {
  days: Day[];
  customers: number;
  actions: SimulatedAction[];
  failures: { customerId: number; step: string; message: string }[];
}

/** Rolls a simulated transaction back. */
class RolledBack extends Error {}

/**
 * Runs the billing calendar from the first day that was not run up to a day, which may be far ahead, as if no customer
 * did anything, and keeps nothing of it. Customer by customer, all days of one in one transaction that is rolled back,
 * so that the locks of each are held only for as long as that customer takes.
 */
export async function simulateBilling(
  db: Db,
  clock: Clock,
  seller: Seller,
  { day, onProgress }: { day: Day; onProgress?: (done: number, total: number) => void },
): Promise<Simulation> {
  const days = await daysUpTo(db, day, addDays(clock.today(), -1));
  const customers = await listBilledCustomers(db);
  const simulation: Simulation = { days, customers: customers.length, actions: [], failures: [] };
  for (const [index, customerId] of customers.entries()) {
    const simulated = await simulateCustomer(db, clock, seller, { customerId, days });
    addActions(simulation.actions, simulated.actions);
    simulation.failures.push(...simulated.failures.map((failure) => ({ ...failure, customerId })));
    onProgress?.(index + 1, customers.length);
  }
  simulation.actions.sort((a, b) => (a.day === b.day ? 0 : a.day < b.day ? -1 : 1));
  return simulation;
}

const listBilledCustomers = (db: Db): Promise<number[]> =>
  db('customers as c')
    .whereExists(db('orders').whereRaw('customer_id = c.id').whereNot({ status: 'cancelled' }).select(db.raw('1')))
    .orWhereExists(db('invoices').whereRaw('customer_id = c.id').where({ status: 'unpaid' }).select(db.raw('1')))
    .orderBy('c.id')
    .pluck('c.id');

interface SimulatedCustomer {
  actions: SimulatedAction[];
  items: SimulatedItem[];
  failures: { step: string; message: string }[];
}

/** Plays some days of one customer, and keeps nothing. */
export async function simulateCustomer(
  db: Db,
  clock: Clock,
  seller: Seller,
  { customerId, days }: { customerId: number; days: Day[] },
): Promise<SimulatedCustomer> {
  let simulated: SimulatedCustomer = { actions: [], items: [], failures: [] };
  try {
    await db.transaction(async (trx) => {
      const [run] = await trx('billing_runs')
        .insert({ day: days.at(-1), started_by: 'command_line', started_at: clock.now(), at_day: days[0] })
        .returning<{ id: number }[]>('id');
      const runId = run?.id ?? 0;
      for (const day of days) await runDay({ db: trx, clock, seller, runId, day, customerId });
      simulated = await readSimulated(trx, runId);
      throw new RolledBack();
    });
  } catch (error) {
    if (!(error instanceof RolledBack)) throw error;
  }
  return simulated;
}

async function readSimulated(trx: Db, runId: number): Promise<SimulatedCustomer> {
  const { rows } = await trx.raw<{
    rows: { day: Day; action: BillingAction; count: number; total: string | null; currency: string | null }[];
  }>(
    `select r.day, r.action, i.currency, count(*) as count, sum(i.total) as total
     from (
       select distinct on (day, action, coalesce(invoice_id, -id)) day, action, invoice_id
       from billing_run_items
       where run_id = :runId
     ) r
     left join invoices i on i.id = r.invoice_id
     group by r.day, r.action, i.currency
     order by r.day`,
    { runId },
  );
  const failures = await trx('billing_failures').where({ run_id: runId }).select('step', 'message');
  const actions = rows.map(({ day, action, count, total, currency }) => ({
    day,
    action,
    count,
    total: total !== null && currency !== null ? Money.of(total, currency) : null,
  }));
  return { actions, items: await readItems(trx, runId), failures };
}

async function readItems(trx: Db, runId: number): Promise<SimulatedItem[]> {
  const { rows } = await trx.raw<{
    rows: {
      day: Day;
      action: BillingAction;
      customer_id: number;
      customer: string;
      order_id: number | null;
      total: string | null;
      currency: string | null;
    }[];
  }>(
    `select r.day, r.action, r.customer_id, ${CUSTOMER_NAME} as customer, r.order_id, i.total, i.currency
     from billing_run_items r
     join customers c on c.id = r.customer_id
     left join invoices i on i.id = r.invoice_id
     where r.run_id = :runId
     order by r.id`,
    { runId },
  );
  return rows.map(({ customer_id, order_id, total, currency, ...row }) => ({
    ...row,
    customerId: customer_id,
    orderId: order_id,
    total: total !== null && currency !== null ? Money.of(total, currency) : null,
  }));
}

/** Sums the actions of the same day, kind and currency. */
export function addActions(all: SimulatedAction[], more: SimulatedAction[]) {
  for (const one of more) {
    const known = all.find(
      ({ day, action, total }) => day === one.day && action === one.action && total?.currency === one.total?.currency,
    );
    if (!known) all.push({ ...one });
    else {
      known.count += one.count;
      known.total = known.total && one.total && known.total.plus(one.total);
    }
  }
}
