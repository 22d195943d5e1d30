import { addDays, type Clock, type Day } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { Money } from '../money/money.ts';
import type { Seller } from '../invoices/invoice.ts';
import type { BillingAction } from './steps/step.ts';
import { daysUpTo } from './run-billing.ts';
import { runDay } from './run-day.ts';

/** How often an action would be taken on a day, and for how much, where it is about an invoice. */
interface SimulatedAction {
  day: Day;
  action: BillingAction;
  count: number;
  /** Null where the action has no invoice. */
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
  failures: { step: string; message: string }[];
}

async function simulateCustomer(
  db: Db,
  clock: Clock,
  seller: Seller,
  { customerId, days }: { customerId: number; days: Day[] },
): Promise<SimulatedCustomer> {
  let simulated: SimulatedCustomer = { actions: [], failures: [] };
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
  return { actions, failures };
}

/** Sums the actions of the same day, kind and currency. */
function addActions(all: SimulatedAction[], more: SimulatedAction[]) {
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
