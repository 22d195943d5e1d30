import pg from 'pg';
import type { Installation, RunningApp } from '../support/installation.ts';

export const FAULTS = [
  'the application killed',
  'the database killed',
  'the database frozen',
  'the database restarted',
  'out of connections',
] as const;
export type Fault = (typeof FAULTS)[number];

/** How long a fault lasts: long enough for running requests to get stuck. */
const LASTS_MS = 300;

export interface Target {
  installation: Installation;
  app: RunningApp;
}

/** @returns a function that causes the fault, and ends it where it does not end by itself */
export async function arm(fault: Fault, { installation, app }: Target): Promise<() => Promise<void>> {
  switch (fault) {
    case 'the application killed':
      return async () => void app.process.kill('SIGKILL');
    case 'the database killed':
      return () => endDatabase(installation, 'SIGKILL');
    case 'the database restarted':
      // PostgreSQL's fast shutdown; the application starts it again.
      return () => endDatabase(installation, 'SIGINT');
    case 'the database frozen':
      return async () => {
        installation.signalPostgres('SIGSTOP');
        await pause(LASTS_MS);
        installation.signalPostgres('SIGCONT');
      };
    case 'out of connections':
      return takeConnections(installation);
  }
}

async function endDatabase(installation: Installation, signal: NodeJS.Signals) {
  const { postmaster } = installation;
  if (postmaster === undefined) throw new Error('There is no database to end');
  process.kill(postmaster, signal);
  while (installation.postmaster === postmaster) await pause(10);
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Takes every free connection; then, for a while, cuts the application's connections and takes those too. */
async function takeConnections(installation: Installation): Promise<() => Promise<void>> {
  const owner = await open(installation.ownerUrl());
  const taken: pg.Client[] = [];
  const takeFree = async () => {
    for (;;) {
      const client = await open(installation.applicationUrl()).catch(() => null);
      if (!client) return;
      taken.push(client);
    }
  };
  await takeFree();
  return async () => {
    const until = performance.now() + LASTS_MS;
    while (performance.now() < until) {
      await owner.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'kabinet%'`,
      );
      await takeFree();
    }
    await Promise.all([owner, ...taken].map((client) => client.end()));
  };
}

async function open(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString, application_name: 'test' });
  client.on('error', () => {});
  await client.connect();
  return client;
}
