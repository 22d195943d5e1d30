import { PgBoss } from 'pg-boss';
import type { Logger } from 'pino';
import { SCHEDULE, type Job, type JobContext } from './schedule.ts';

/** What web pages ask the worker for. */
export interface Jobs {
  /** Runs the billing calendar up to a day, soon, on whichever worker is free. */
  askForBilling(request: { day: string; userId: number }): Promise<void>;
  close(): Promise<void>;
}

export interface JobsOptions {
  databaseUrl: string;
  log: Logger;
  /** Where given, this process works too; without it, it only asks. */
  worker: JobContext | null;
}

const STOP_MS = 10_000;

/** Opens the queues on our own database, and, in a worker, does what is in them and what is on the schedule. */
export async function openJobs({ databaseUrl, log, worker }: JobsOptions): Promise<Jobs> {
  const boss = new PgBoss({
    connectionString: databaseUrl,
    application_name: 'kabinet-jobs',
    max: worker ? 4 : 1,
    // The schema is the owner's, who has made it: see src/db/migrate.ts.
    migrate: false,
    createSchema: false,
    reindex: false,
    monitorVacuum: false,
    supervise: worker !== null,
    schedule: worker !== null,
  });
  boss.on('error', (error) => log.error({ err: error }, 'jobs'));
  await boss.start();
  for (const job of SCHEDULE) await openQueue(boss, job);
  if (worker) for (const job of SCHEDULE) await startWork(boss, job, worker, log);
  return {
    async askForBilling(data) {
      await boss.send('billing', data);
    },
    close: () => boss.stop({ graceful: true, timeout: STOP_MS, close: true }),
  };
}

async function openQueue(boss: PgBoss, { name, expires }: Job) {
  const options = { expireInSeconds: expires, retryLimit: 3, retryDelay: 60, retryBackoff: true };
  // One that waits is enough: it will see what all of them are about.
  await boss.createQueue(name, { ...options, policy: name === 'billing' ? 'standard' : 'stately' });
}

async function startWork(boss: PgBoss, job: Job, context: JobContext, log: Logger) {
  await boss.work(job.name, { pollingIntervalSeconds: 2 }, async (jobs) => {
    for (const { data } of jobs) {
      log.info({ job: job.name }, 'job started');
      await job.work(context, data);
      log.info({ job: job.name }, 'job done');
    }
  });
  await boss.schedule(job.name, job.cron, null, {
    tz: job.tz(context.config),
    missed: job.catchUp ? 'once' : 'skip',
  });
}
