import { PgBoss } from 'pg-boss';
import type { Logger } from 'pino';
import type { Transaction } from '../db/database.ts';
import type { DatabaseHealth } from '../db/database-health.ts';
import { SCHEDULE, type Job, type JobContext } from '../../schedule.ts';

/** What web pages ask the worker for. */
export interface Jobs {
  /** Runs the billing calendar up to a day, on whichever worker is free once the transaction has committed. */
  askForBilling(trx: Transaction, request: { day: string; userId: number }): Promise<void>;
  close(): Promise<void>;
}

export interface JobsOptions {
  databaseUrl: string;
  health: DatabaseHealth;
  log: Logger;
  /** Where given, this process works too; without it, it only asks. */
  worker: JobContext | null;
}

const STOP_MS = 10_000;
const HEARTBEAT_SECONDS = 60;

/** Opens the queues on our own database, and, in a worker, does what is in them and what is on the schedule. */
export async function openJobs({ databaseUrl, health, log, worker }: JobsOptions): Promise<Jobs> {
  const boss = new PgBoss({
    connectionString: databaseUrl,
    application_name: 'kabinet-jobs',
    max: worker ? 4 : 1,
    // The schema is the owner's, who has made it: see src/platform/db/migrate.ts.
    migrate: false,
    createSchema: false,
    reindex: false,
    monitorVacuum: false,
    supervise: worker !== null,
    schedule: worker !== null,
  });
  boss.on('error', (error) => {
    if (!health.note(error)) log.error({ err: error }, 'jobs');
  });
  await boss.start();
  for (const job of SCHEDULE) await openQueue(boss, job);
  if (worker) for (const job of SCHEDULE) await startWork(boss, job, worker, log);
  return {
    async askForBilling(trx, data) {
      await boss.send('billing', data, { db: within(trx) });
    },
    close: () => boss.stop({ graceful: true, timeout: STOP_MS, close: true }),
  };
}

/** Lets pg-boss write in a transaction of ours. */
function within(trx: Transaction) {
  return {
    async executeSql(text: string, values: unknown[] = []) {
      const connection = (await trx.client.acquireConnection()) as {
        query(sql: string, values: unknown[]): Promise<{ rows: unknown[] }>;
      };
      return connection.query(text, values);
    },
  };
}

async function openQueue(boss: PgBoss, { name, expires, policy }: Job) {
  const retries = { retryLimit: 3, retryDelay: 60, retryBackoff: true };
  // A worker that dies is noticed by its heart, long before the job would expire.
  const limits = { expireInSeconds: expires, heartbeatSeconds: HEARTBEAT_SECONDS };
  await boss.createQueue(name, { ...retries, ...limits, policy });
}

async function startWork(boss: PgBoss, job: Job, context: JobContext, log: Logger) {
  await boss.work(job.name, { pollingIntervalSeconds: 2 }, async (jobs) => {
    for (const { data, signal } of jobs) {
      log.info({ job: job.name }, 'job started');
      await job.work(context, data, signal);
      log.info({ job: job.name }, 'job done');
    }
  });
  await boss.schedule(job.name, job.cron, null, {
    tz: job.tz(context.config),
    missed: job.catchUp ? 'once' : 'skip',
  });
}
