import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Jobs, openJobs } from '../../../src/platform/jobs/jobs.ts';
import { askForBilling } from '../../../src/domain/staff/ask-for-billing.ts';
import { type JobContext, SCHEDULE } from '../../../src/schedule.ts';
import { MailServer } from '../../support/mail-server.ts';
import { createWorld, type World } from '../../support/world.ts';

const log = pino({ level: 'silent' });

let world: World;
let server: MailServer;
let context: JobContext;
const opened: Jobs[] = [];
beforeEach(async () => {
  // Never asks the banks for rates, whatever time it is while this runs.
  world = await createWorld({ environment: { ECB_RATES_URL: 'off', CBR_RATES_URL: 'off' } });
  server = await MailServer.start();
  world.clock.set('2026-04-04T12:00:00Z');
  const { db, clock, config } = world;
  context = {
    db,
    clock,
    config,
    log,
    transport: server.transport,
    sealing: world.services.sealing,
    siteUrl: () => 'https://portal.example.com',
  };
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((jobs) => jobs.close()));
  await server.stop();
  await world.close();
});

async function open(worker: JobContext | null): Promise<Jobs> {
  const jobs = await openJobs({
    databaseUrl: world.databaseUrl,
    health: world.services.health,
    log,
    schedule: SCHEDULE,
    worker,
  });
  opened.push(jobs);
  return jobs;
}

describe('the worker', () => {
  it('does what a web process asks for, beside another worker, as the restricted role', async () => {
    const { userId } = await world.addStaff('billing');
    const web = await open(null);
    await Promise.all([open(context), open(context)]);
    await askForBilling(world.db, world.clock, web, { day: '2026-04-04', userId });
    await expect.poll(() => world.db('billing_runs').where({ state: 'done', user_id: userId })).toHaveLength(1);
  });

  it('is asked in the transaction that audits it: what is undone is not asked (S3)', async () => {
    const { userId } = await world.addStaff('billing');
    const web = await open(null);
    const undone = world.db.transaction(async (trx) => {
      await web.send(trx, 'billing', { day: '2026-04-04', userId });
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    expect(await world.db('pgboss.job').where({ name: 'billing' })).toEqual([]);
  });

  it('has everything of the list on its schedule, in its own time zone', async () => {
    await open(context);
    const rows = await world.db('pgboss.schedule').orderBy('name').select('name', 'cron', 'timezone');
    const listed = SCHEDULE.map(({ name, cron, tz }) => ({ name, cron, timezone: tz(context) }));
    expect(rows).toEqual(listed.toSorted((a, b) => (a.name < b.name ? -1 : 1)));
  });

  it('sends what waits, and fetches nothing where that is off', async () => {
    await world.placeOrder(await world.addCustomer());
    for (const job of SCHEDULE.filter(({ name }) => name !== 'billing'))
      await job.work(context, null, new AbortController().signal);
    expect(server.received).toHaveLength(1);
    expect(await world.db('rate_fetches')).toEqual([]);
  });

  it('claims no message any more once it is told to stop', async () => {
    const customer = await world.addCustomer();
    for (let order = 0; order < 6; order++) await world.placeOrder(customer);
    const mail = SCHEDULE.find(({ name }) => name === 'mail');
    await mail?.work(context, null, AbortSignal.abort());
    expect(await world.db('mails').where({ state: 'waiting' })).toHaveLength(6);
    expect(server.received).toEqual([]);
  });
});
