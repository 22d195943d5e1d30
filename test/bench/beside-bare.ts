import { fork } from 'node:child_process';
import { once } from 'node:events';
import pino from 'pino';
import { systemClock } from '../../src/platform/clock.ts';
import { DEMO_PASSWORD, parseConfig } from '../../src/platform/config.ts';
import { DatabaseHealth } from '../../src/platform/db/database-health.ts';
import { connect } from '../../src/platform/db/database.ts';
import { Sealing } from '../../src/platform/sealing.ts';
import { createApp } from '../../src/app.ts';
import { createServices } from '../../src/services.ts';
import { Visitor } from '../support/visitor.ts';
import type { BarePage } from './bare-server.ts';
import { load, type Rate, type Server } from './load.ts';

const CONNECTIONS = 8;
const ROUNDS = 4;
const SECONDS = 1.6;

export const SECRETS = { sessionSecret: 'a session secret for the benchmark', sandboxSecret: 'a sandbox secret' };

/** Each server for a moment, and all of them again: what slows the machine slows them all. The first turn warms up. */
export async function inTurn<Name extends string>(
  servers: Record<Name, Server>,
  path: string,
  cookie: string,
): Promise<Record<Name, Rate>[]> {
  const rounds: Record<Name, Rate>[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const rates = {} as Record<Name, Rate>;
    for (const name of Object.keys(servers) as Name[])
      rates[name] = await load(servers[name], { path, cookie, connections: CONNECTIONS, seconds: SECONDS });
    rounds.push(rates);
  }
  return rounds.slice(1);
}

/** @returns the header `Cookie` of somebody who is signed in */
export async function signIn(url: string, email: string, withForm = '/orders'): Promise<string> {
  const visitor = new Visitor(url);
  await visitor.signIn(email, DEMO_PASSWORD);
  // The first page with a form writes its token into the session.
  await visitor.get(withForm);
  return visitor.cookies();
}

/** What each page asks. */
export type Statements = Map<string, BarePage['statements']>;

/** What the pages ask now, heard from an application in this process. */
export async function statementsOf(url: string, cookie: string, paths: string[]): Promise<Statements> {
  const config = parseConfig({ SEED_DEMO: 'false' });
  const log = pino({ level: 'silent' });
  const db = connect(url, { prepared: true });
  const health = new DatabaseHealth(url, log);
  const clock = systemClock(config.timeZone);
  const jobs = { send: async () => {}, close: async () => {} };
  const sealing = new Sealing([Buffer.alloc(32).toString('base64')]);
  const services = await createServices({
    config,
    clock,
    db,
    databaseUrl: url,
    health,
    log,
    jobs,
    sealing,
    ...SECRETS,
  });
  const app = createApp(services, { databaseUrl: url, sessionSecret: SECRETS.sessionSecret });
  const server = app.express.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const asked: BarePage['statements'] = [];
  db.on('query', ({ sql, bindings }: { sql: string; bindings: unknown[] }) =>
    asked.push({ text: sql, values: bindings }),
  );
  const statements: Statements = new Map();
  const ask = async (path: string) => {
    asked.length = 0;
    await (await fetch(`http://127.0.0.1:${port}${path}`, { headers: { cookie } })).text();
  };
  // The first page of a process reads the rates.
  await ask('/');
  for (const path of paths) {
    await ask(path);
    statements.set(path, [...asked]);
  }
  server.close();
  server.closeAllConnections();
  await app.close();
  await health.close();
  await db.destroy();
  return statements;
}

export interface BareServer extends Server {
  stop(): void;
}

/** A server that does no more than ask these statements and answer with the bytes of the application. */
export async function startBare(
  url: string,
  appUrl: string,
  cookie: string,
  statements: Statements,
): Promise<BareServer> {
  const pages: Record<string, BarePage> = {};
  for (const [path, asked] of statements) {
    const answer = await fetch(appUrl + path, { headers: { cookie, 'accept-encoding': 'identity' } });
    pages[path] = { statements: asked, body: await answer.text() };
  }
  const bare = fork(new URL('./bare-server.ts', import.meta.url));
  bare.send({ url, pages });
  const [port] = (await once(bare, 'message')) as [number];
  return { port, pid: bare.pid ?? 0, stop: () => void bare.kill() };
}
