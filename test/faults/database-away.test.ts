import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../src/platform/db/database.ts';
import { SANDBOX_SIGNATURE_HEADER } from '../../src/domain/gateways/sandbox.ts';
import { sign } from '../../src/domain/gateways/signature.ts';
import { ADMIN, Installation, type RunningApp } from '../support/installation.ts';
import { Visitor } from '../support/visitor.ts';

let installation: Installation;
let app: RunningApp;
let staff: Visitor;
beforeAll(async () => {
  installation = new Installation();
  app = await installation.start();
  staff = new Visitor(app.address);
  await staff.signIn(ADMIN.email, ADMIN.password);
});
afterAll(() => installation.remove());

/** The answer, or that there was none within two seconds, and two more for a slow machine. */
const ask = (path: string, init: RequestInit = {}) =>
  fetch(`${app.address}${path}`, { ...init, signal: AbortSignal.timeout(4_000) });
const readiness = async () => (await ask('/readyz')).status;
const cookie = () => staff.cookies();
const outages = () => app.logged.filter(({ outage }) => outage !== undefined).map(({ outage }) => outage);

describe('a database that does not answer', () => {
  it('makes /readyz say no within two seconds, and every page say in words that it is away', async () => {
    installation.signalPostgres('SIGSTOP');
    expect(await readiness()).toBe(503);
    expect((await ask('/healthz')).status).toBe(200);
    // The session cannot be read, so the language is the browser's.
    const pages = await Promise.all(
      ['en', 'ru'].map((language) =>
        fetch(`${app.address}/staff`, {
          headers: { cookie: cookie(), 'accept-language': language },
          signal: AbortSignal.timeout(20_000),
        }),
      ),
    );
    expect(pages.map(({ status }) => status)).toEqual([503, 503]);
    expect(pages.map(({ headers }) => headers.get('retry-after'))).toEqual(['10', '10']);
    expect(await pages[0]?.text()).toContain('The portal can’t reach its database right now.');
    expect(await pages[1]?.text()).toContain('Портал временно не может связаться с базой данных.');
    // A request without a session, which waits in the middle of its work, is told to come again too.
    const body = JSON.stringify({
      id: 'evt_1',
      type: 'captured',
      gateway: 'sandbox',
      reference: 'x',
      amount: '1.00',
      currency: 'EUR',
    });
    const report = await fetch(`${app.address}/webhooks/sandbox`, {
      method: 'POST',
      headers: { [SANDBOX_SIGNATURE_HEADER]: sign(installation.secrets().sandbox, body, new Date()) },
      body,
      signal: AbortSignal.timeout(30_000),
    });
    expect([report.status, report.headers.get('retry-after')]).toEqual([503, '10']);
    installation.signalPostgres('SIGCONT');
    await expect.poll(readiness).toBe(200);
    expect((await staff.get('/staff')).status).toBe(200);
    expect(outages()).toEqual(['no answer']);
  });
});

describe('the embedded database killed while the application runs', () => {
  it('comes back by itself on its port, with the session as it was; pages and /readyz say no meanwhile', async () => {
    const logged = app.logged.length;
    const { databasePort, postmaster } = installation;
    installation.killPostmaster();
    const seen = new Set<number>();
    const look = async () => {
      seen.add(await readiness());
      const page = await fetch(`${app.address}/staff`, { headers: { cookie: cookie() }, redirect: 'manual' });
      expect([200, 503]).toContain(page.status);
      return page.status === 200 && installation.postmaster !== undefined;
    };
    await expect.poll(look, { timeout: 60_000, interval: 20 }).toBe(true);
    await expect.poll(readiness).toBe(200);
    expect(seen).toContain(503);
    expect(installation.postmaster).not.toBe(postmaster);
    expect(installation.databasePort).toBe(databasePort);
    expect((await staff.get('/staff')).status).toBe(200);
    const lines = app.logged.slice(logged);
    expect(lines.filter(({ outage }) => outage === 'unreachable')).toHaveLength(1);
    expect(lines.filter(({ err }) => err !== undefined)).toEqual([]);
    // The application is notified of new rates again.
    const listening = `select from pg_stat_activity where application_name = 'kabinet-caches'
      and query like 'listen %'`;
    await expect.poll(() => rows(listening)).toBe(1);
  });

  it('comes back once for two processes that share it', async () => {
    const second = await installation.start({ ROLE: 'worker' });
    const killed = installation.postmaster;
    installation.killPostmaster();
    // Until it is gone it may still answer.
    const isBack = () => installation.postmaster !== undefined && installation.postmaster !== killed;
    await expect.poll(isBack, { timeout: 60_000 }).toBe(true);
    for (const { address } of [app, second])
      await expect.poll(async () => (await fetch(`${address}/readyz`)).status, { timeout: 60_000 }).toBe(200);
    const postmaster = installation.postmaster;
    expect(postmaster).toBeDefined();
    expect(await second.stop()).toBe(0);
    await expect.poll(readiness).toBe(200);
    expect(installation.postmaster).toBe(postmaster);
  });

  it('ends with the application all the same', async () => {
    installation.killPostmaster();
    await expect.poll(() => app.said).toContain('the embedded database has ended');
    expect(await app.stop()).toBe(0);
    expect(installation.postmaster).toBeUndefined();
  });
});

async function rows(sql: string): Promise<number> {
  const owner = connect(installation.ownerUrl(), { pool: 1, applicationName: 'test' });
  try {
    return ((await owner.raw(sql)) as { rows: unknown[] }).rows.length;
  } finally {
    await owner.destroy();
  }
}
