import fs from 'node:fs/promises';
import { addDays, systemClock } from '../../src/platform/clock.ts';
import { newDataDir, startApp } from './app-under-test.ts';
import { type BareServer, inTurn, SECRETS, signIn, startBare, type Statements, statementsOf } from './beside-bare.ts';
import type { Database } from './database.ts';
import { memoryOf, type Rate, type Server } from './load.ts';
import { median, type Report } from './report.ts';
import { type Parameter, STATEMENTS_BEFORE } from './statements-before.ts';

const ROWS = 25;

const PAGES = [
  { path: '/orders', name: 'list of orders', fixed: 0.7, own: 0.45 },
  { path: '/invoices', name: 'list of invoices', fixed: 0.6, own: 0.4 },
  { path: '/', name: 'dashboard', fixed: 0.8, own: 0.8 },
];

/** A list is long with so many orders; then its last page should take hardly longer than its first. */
const LONG = 10_000;

/** Milliseconds a page of the list of orders took in the smallest database, the size that is measured first. */
let inSmallest: number | undefined;

/**
 * Pages as `npm start` answers them, and beside them a bare server with the same SQL and the same bytes: with the
 * statements of today (the page's own limit) and with those of before (the fixed limit). The servers take turns.
 */
export async function benchPages(database: Database, report: Report): Promise<void> {
  const { url, ownerUrl, sample } = database;
  const dataDir = newDataDir();
  const app = await startApp(dataDir, {
    DATABASE_URL: url,
    MIGRATION_DATABASE_URL: ownerUrl,
    SESSION_SECRET: SECRETS.sessionSecret,
  });
  const atRest = memoryOf(app.pid);
  const limits: BareServer[] = [];
  try {
    const cookie = await signIn(app.url, sample.ordinary.email);
    const today = await statementsOf(
      url,
      cookie,
      PAGES.map(({ path }) => path),
    );
    const before = await statementsOfBefore(database, cookie);
    const own = await startBare(url, app.url, cookie, today);
    limits.push(own);
    const fixed = await startBare(url, app.url, cookie, before);
    limits.push(fixed);
    for (const { path, ...page } of PAGES) {
      const rates = await inTurn({ app, own, fixed }, path, cookie);
      reportPage(report, page, rates, today.get(path)?.length ?? 0);
      if (path === '/orders')
        reportFlatness(
          report,
          rates.map(({ app: { perSecond } }) => 1000 / perSecond),
        );
    }
    if (sample.largest.orders >= LONG) await reportLongLists(report, app, sample.largest);
    const loaded = memoryOf(app.pid);
    if (atRest) report.add({ name: 'memory at rest', unit: 'MB', value: atRest.now, atMost: 200 });
    if (loaded) report.add({ name: 'memory under load, at most', unit: 'MB', value: loaded.most, atMost: 350 });
  } finally {
    for (const limit of limits) limit.stop();
    await app.stop();
    await fs.rm(dataDir, { recursive: true });
  }
}

type Rates = Record<'app' | 'own' | 'fixed', Rate>;

function reportPage(
  report: Report,
  page: { name: string; own: number; fixed: number },
  rounds: Rates[],
  statements: number,
) {
  const perSecond = (name: keyof Rates) => median(rounds.map((rates) => rates[name].perSecond));
  const ratio = (limit: 'own' | 'fixed') => median(rounds.map((rates) => rates.app.perSecond / rates[limit].perSecond));
  const of = (limit: 'own' | 'fixed') => `${Math.round(perSecond('app'))} of ${Math.round(perSecond(limit))} a second`;
  const { name } = page;
  report.add({ name: `${name}, of its fixed limit`, value: ratio('fixed'), atLeast: page.fixed, detail: of('fixed') });
  report.add({ name: `${name}, of its own limit`, value: ratio('own'), atLeast: page.own, detail: of('own') });
  report.add({ name: `${name}, pages a second`, value: perSecond('app') });
  const cpu = (server: keyof Rates) => median(rounds.flatMap((rates) => rates[server].cpuMs ?? []));
  if (Number.isNaN(cpu('app'))) return;
  report.add({ name: `${name}, CPU a page`, unit: 'ms', value: cpu('app') });
  report.add({
    name: `${name}, times the CPU of the bare server`,
    value: cpu('app') / cpu('own'),
    atMost: 3,
    detail: `${cpu('own').toFixed(2)} ms, ${statements} statements`,
  });
}

/** A page takes as long, however many orders others have. */
function reportFlatness(report: Report, times: number[]) {
  const time = median(times);
  if (inSmallest === undefined) inSmallest = time;
  else
    report.add({ name: 'list of orders, time of that with the fewest orders', value: time / inSmallest, atMost: 1.1 });
}

async function reportLongLists(
  report: Report,
  app: Server & { url: string },
  largest: { email: string; orders: number },
) {
  const cookie = await signIn(app.url, largest.email);
  const lastPage = Math.ceil(largest.orders / ROWS);
  for (const { path, name } of PAGES.slice(0, 2)) {
    const rates = async (address: string) => {
      const rounds = await inTurn({ app }, address, cookie);
      return median(rounds.map(({ app: { perSecond } }) => perSecond));
    };
    const [first, last] = [await rates(path), await rates(`${path}?page=${lastPage}`)];
    report.add({
      name: `${name} of ${largest.orders.toLocaleString('en')}, time of the last page to the first`,
      value: first / last,
      atMost: 1.5,
      detail: `${Math.round(first)} and ${Math.round(last)} a second`,
    });
  }
}

/** The statements of before, for the same customer. */
async function statementsOfBefore({ db, sample }: Database, cookie: string): Promise<Statements> {
  const today = systemClock('UTC').today();
  const { userId, customerId } = sample.ordinary;
  const values: Record<Parameter, unknown> = {
    sessionId: /kabinet=s%3A([^.]+)\./.exec(cookie)?.[1],
    userId,
    customerId,
    today,
    soon: addDays(today, 7),
    timeZone: 'UTC',
    balance: '100',
    horizon: 365,
    pageSize: ROWS,
    offset: 0,
    one: 1,
    few: 5,
    most: 10,
  };
  const compiled = (sql: string) => {
    const used = Object.entries(values).filter(([name]) => new RegExp(`:${name}\\b`).test(sql));
    const { sql: text, bindings } = db
      .raw(sql, Object.fromEntries(used) as Record<string, string>)
      .toSQL()
      .toNative();
    return { text, values: [...bindings] };
  };
  return new Map(Object.entries(STATEMENTS_BEFORE).map(([path, statements]) => [path, statements.map(compiled)]));
}
