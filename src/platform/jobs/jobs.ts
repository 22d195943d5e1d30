import { PgBoss } from 'pg-boss';
import type { Logger } from 'pino';
import type { DatabaseHealth } from '../db/database-health.ts';
import type { Transaction } from '../db/database.ts';

/** Work that is done on a schedule, or when a page requests it; `C` is its context. */
export interface Job<C> {
  name: string;
  /** Minute, hour, day of the month, month, day of the week; in `tz`. */
  cron: string;
  tz: (context: C) => string;
  /** Seconds after which a job without an answer is given to another worker. */
  expires: number;
  /**
   * `stately`: one waiting job is enough, it does the work of all. `standard`: each has data of its own.
   */
  policy: 'stately' | 'standard';
  /** Whether a missed occurrence is caught up. */
  catchUp: boolean;
  /** Stops early when the signal is aborted; the next one does what is left. */
  work(context: C, data: unknown, signal: AbortSignal): Promise<void>;
}

/** The queues, as web pages use them. */
export interface Jobs {
  /** Queues a job with this data; a free worker does it once the transaction has committed. */
  send(trx: Transaction, job: string, data: object): Promise<void>;
  close(): Promise<void>;
}

export interface JobsOptions<C> {
  schedule: Job<C>[];
  databaseUrl: string;
  health: DatabaseHealth;
  log: Logger;
  /** Where given, this process does jobs too; without it, it only queues them. */
  worker: C | null;
}

const STOP_MS = 10_000;
const HEARTBEAT_SECONDS = 60;

/** Opens the queues in the application's database and, in a worker, does what is queued and scheduled. */
export async function openJobs<C>({ databaseUrl, health, log, schedule, worker }: JobsOptions<C>): Promise<Jobs> {
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
  for (const job of schedule) await openQueue(boss, job);
  if (worker) for (const job of schedule) await startWork(boss, job, worker, log);
  return {
    async send(trx, job, data) {
      await boss.send(job, data, { db: within(trx) });
    },
    close: () => boss.stop({ graceful: true, timeout: STOP_MS, close: true }),
  };
}

/** Lets pg-boss write within this transaction. */
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

async function openQueue<C>(boss: PgBoss, { name, expires, policy }: Job<C>) {
  const retries = { retryLimit: 3, retryDelay: 60, retryBackoff: true };
  // A worker that dies is detected by its missed heartbeat, long before the job would expire.
  const limits = { expireInSeconds: expires, heartbeatSeconds: HEARTBEAT_SECONDS };
  await boss.createQueue(name, { ...retries, ...limits, policy });
}

async function startWork<C>(boss: PgBoss, job: Job<C>, context: C, log: Logger) {
  await boss.work(job.name, { pollingIntervalSeconds: 2 }, async (jobs) => {
    for (const { data, signal } of jobs) {
      log.info({ job: job.name }, 'job started');
      await job.work(context, data, signal);
      log.info({ job: job.name }, 'job done');
    }
  });
  await boss.schedule(job.name, job.cron, null, {
    tz: job.tz(context),
    missed: job.catchUp ? 'once' : 'skip',
  });
}
