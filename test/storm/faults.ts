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

/** How long it lasts: what runs gets stuck in it. */
const FROZEN_MS = 300;

export interface Target {
  installation: Installation;
  app: RunningApp;
}

/** Makes something go wrong at this moment, and ends it where it does not end by itself. */
export async function strike(fault: Fault, { installation, app }: Target): Promise<void> {
  switch (fault) {
    case 'the application killed':
      app.process.kill('SIGKILL');
      return;
    case 'the database killed':
      return endDatabase(installation, 'SIGKILL');
    case 'the database restarted':
      // Its fast shutdown; whoever works with it brings it back.
      return endDatabase(installation, 'SIGINT');
    case 'the database frozen':
      installation.signalPostgres('SIGSTOP');
      await pause(FROZEN_MS);
      installation.signalPostgres('SIGCONT');
      return;
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

/** Cuts the application's connections and takes every one that there is, for a while. */
async function takeConnections(installation: Installation) {
  const owner = await open(installation.ownerUrl());
  const taken: pg.Client[] = [];
  let fullSince: number | undefined;
  while (fullSince === undefined || performance.now() - fullSince < FROZEN_MS) {
    const client = await open(installation.applicationUrl()).catch(() => null);
    if (client) {
      taken.push(client);
      continue;
    }
    fullSince ??= performance.now();
    await owner.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'kabinet' limit 1`,
    );
  }
  await Promise.all([owner, ...taken].map((client) => client.end()));
}

async function open(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString, application_name: 'test' });
  client.on('error', () => {});
  await client.connect();
  return client;
}
