import fs from 'node:fs/promises';
import { newDataDir, startApp } from './app-under-test.ts';
import { inTurn, SECRETS, signIn, startBare, statementsOf } from './beside-bare.ts';
import type { Database } from './database.ts';
import { median, type Report } from './report.ts';

/** The member of staff that `seedInBulk` makes. */
const STAFF = 'bulk@kabinet.example';

const LISTS = [
  { path: '/staff', name: 'work list' },
  { path: '/staff/customers', name: 'staff’s list of customers' },
  { path: '/staff/orders', name: 'staff’s list of orders' },
  { path: '/staff/invoices', name: 'staff’s list of invoices' },
  { path: '/staff/transactions', name: 'staff’s list of ledger transactions' },
  { path: '/staff/users', name: 'staff’s list of users' },
];

const SEARCHES = [
  { q: 'load', name: 'what all customers are called' },
  { q: 'customer 17', name: 'a customer’s name' },
  { q: 'load1017@kabinet.example', name: 'an e-mail' },
  { q: 'host10', name: 'the beginning of hostnames' },
  { q: 'nothing-like-this', name: 'what is nowhere' },
];
const TRIES = 15;

/** Staff's lists beside a bare server with the same SQL and the same bytes, and how long the one search takes. */
export async function benchDesk({ url, ownerUrl }: Database, report: Report): Promise<void> {
  const dataDir = newDataDir();
  const app = await startApp(dataDir, {
    DATABASE_URL: url,
    MIGRATION_DATABASE_URL: ownerUrl,
    SESSION_SECRET: SECRETS.sessionSecret,
  });
  try {
    const cookie = await signIn(app.url, STAFF, '/staff');
    const statements = await statementsOf(
      url,
      cookie,
      LISTS.map(({ path }) => path),
    );
    const own = await startBare(url, app.url, cookie, statements);
    try {
      for (const { path, name } of LISTS) {
        const rounds = await inTurn({ app, own }, path, cookie);
        report.add({
          name: `${name}, of its own limit`,
          value: median(rounds.map((rates) => rates.app.perSecond / rates.own.perSecond)),
          atLeast: 0.5,
          detail: `${Math.round(median(rounds.map((rates) => rates.app.perSecond)))} pages a second`,
        });
      }
    } finally {
      own.stop();
    }
    for (const { q, name } of SEARCHES) {
      const times: number[] = [];
      for (let time = 0; time <= TRIES; time += 1) times.push(await timeOf(app.url, q, cookie));
      // The first reads from the disk what the others find in memory.
      report.add({ name: `staff’s search for ${name}`, unit: 'ms', value: median(times.slice(1)), atMost: 100 });
    }
  } finally {
    await app.stop();
    await fs.rm(dataDir, { recursive: true });
  }
}

/** @returns milliseconds until the last byte of what the search found */
async function timeOf(url: string, q: string, cookie: string): Promise<number> {
  const began = performance.now();
  const answer = await fetch(`${url}/staff/search?q=${encodeURIComponent(q)}`, { headers: { cookie } });
  if (answer.status !== 200) throw new Error(`The search answered ${answer.status}`);
  await answer.text();
  return performance.now() - began;
}
