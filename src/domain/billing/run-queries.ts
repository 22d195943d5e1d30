import type { Day } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { NotFound } from '../errors.ts';
import type { BillingAction } from './steps/step.ts';

/** Older runs called an order that was never paid `given_up`; what was recorded is not rewritten. */
const nameOf = (column: string) => `case ${column} when 'given_up' then 'unpaid_cancelled' else ${column} end`;

export interface BillingRun {
  id: number;
  day: Day;
  startedBy: 'schedule' | 'staff' | 'command_line';
  /** The member of staff who asked for it. */
  by: string | null;
  startedAt: Date;
  finishedAt: Date | null;
  state: 'running' | 'done' | 'interrupted';
  /** What it is at; null before its first step. */
  step: BillingAction | null;
  done: number;
  total: number;
  counts: Record<string, number>;
  failures: number;
}

interface RunRow {
  id: number;
  day: Day;
  started_by: BillingRun['startedBy'];
  email: string | null;
  started_at: Date;
  finished_at: Date | null;
  state: BillingRun['state'];
  step: BillingAction | '';
  done: number;
  total: number;
  counts: Record<string, number> | null;
  failures: number;
}

/** Runs of the billing calendar, the newest first, with what each did: one query. */
export async function listBillingRuns(
  db: Db,
  { only = null, limit, offset }: { only?: number | null; limit: number; offset: number },
): Promise<BillingRun[]> {
  const { rows } = await db.raw<{ rows: RunRow[] }>(
    `select r.*, u.email,
       (
         select jsonb_object_agg(action, count)
         from (
           select ${nameOf('action')} as action, count(*) as count
           from billing_run_items
           where run_id = r.id
           group by 1
         ) counted
       ) as counts,
       (select count(*) from billing_failures where run_id = r.id) as failures
     from billing_runs r
     left join users u on u.id = r.user_id
     where :only::bigint is null or r.id = :only
     order by r.id desc
     limit :limit
     offset :offset`,
    { only, limit, offset },
  );
  return rows.map((row) => ({
    id: row.id,
    day: row.day,
    startedBy: row.started_by,
    by: row.email,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    state: row.state,
    step: row.step || null,
    done: row.done,
    total: row.total,
    counts: row.counts ?? {},
    failures: row.failures,
  }));
}

export async function countBillingRuns(db: Db): Promise<number> {
  const row = await db('billing_runs').first<{ count: number }>(db.raw('count(*) as count'));
  return row.count;
}

/** @throws {NotFound} */
export async function getBillingRun(db: Db, id: number): Promise<BillingRun> {
  const [run] = await listBillingRuns(db, { only: id, limit: 1, offset: 0 });
  if (!run) throw new NotFound();
  return run;
}

export interface RunItem {
  action: BillingAction;
  day: Day;
  customerId: number;
  orderId: number | null;
  invoice: string | null;
}

/** What a run did, in its order. */
export async function listRunItems(
  db: Db,
  runId: number,
  { action, limit, offset }: { action: string | undefined; limit: number; offset: number },
): Promise<RunItem[]> {
  const query = db('billing_run_items as r').leftJoin('invoices as i', 'i.id', 'r.invoice_id').where({ run_id: runId });
  if (action) void query.whereRaw(`${nameOf('r.action')} = ?`, [action]);
  const rows = await query
    .orderBy('r.id')
    .limit(limit)
    .offset(offset)
    .select<{ action: BillingAction; day: Day; customer_id: number; order_id: number | null; number: string | null }[]>(
      db.raw(`${nameOf('r.action')} as action`),
      'r.day',
      'r.customer_id',
      'r.order_id',
      'i.number',
    );
  return rows.map((row) => ({
    action: row.action,
    day: row.day,
    customerId: row.customer_id,
    orderId: row.order_id,
    invoice: row.number,
  }));
}

export interface RunFailure {
  id: number;
  step: BillingAction;
  day: Day;
  customerId: number;
  message: string;
  /** When staff tried it again, and whether it went well; null: nobody has. */
  retried: { at: Date; message: string | null } | null;
}

export async function listRunFailures(db: Db, runId: number, limit = 200): Promise<RunFailure[]> {
  const { rows } = await db.raw<{
    rows: {
      id: number;
      step: BillingAction;
      day: Day;
      customer_id: number;
      message: string;
      retried_at: Date | null;
      retry_message: string | null;
    }[];
  }>(
    `select f.id, ${nameOf('f.step')} as step, f.day, f.customer_id, f.message, r.at as retried_at,
       r.message as retry_message
     from billing_failures f
     left join lateral (
       select at, message
       from billing_retries
       where failure_id = f.id
       order by id desc
       limit 1
     ) r on true
     where f.run_id = :runId
     order by f.id
     limit :limit`,
    { runId, limit },
  );
  return rows.map((row) => ({
    id: row.id,
    step: row.step,
    day: row.day,
    customerId: row.customer_id,
    message: row.message,
    retried: row.retried_at && { at: row.retried_at, message: row.retry_message },
  }));
}
