import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openJobs, type Jobs } from '../../src/billing/jobs.ts';
import { SCHEDULE } from '../../src/billing/schedule.ts';
import { parseConfig } from '../../src/config.ts';
import { MailServer } from '../support/mail-server.ts';
import { World } from '../support/world.ts';

const log = pino({ level: 'silent' });

let world: World;
let server: MailServer;
const opened: Jobs[] = [];
beforeAll(async () => {
  world = await World.create();
  server = await MailServer.start();
  world.clock.set('2026-04-04T12:00:00Z');
});
afterAll(async () => {
  await Promise.all(opened.map((jobs) => jobs.close()));
  await server.stop();
  await world.close();
});

async function open(works: boolean): Promise<Jobs> {
  const { db, clock, config } = world;
  const worker = works ? { db, clock, config, transport: server.transport } : null;
  const jobs = await openJobs({ databaseUrl: world.databaseUrl, log, worker });
  opened.push(jobs);
  return jobs;
}

describe('the worker', () => {
  it('does what a web process asks for, once, beside another worker, as the restricted role', async () => {
    const { userId } = await world.addStaff('billing');
    const web = await open(false);
    await Promise.all([open(true), open(true)]);
    await web.askForBilling({ day: '2026-04-04', userId });
    await expect.poll(() => world.db('billing_runs').where({ state: 'done' })).toHaveLength(1);
    expect(await world.db('billing_runs')).toMatchObject([
      { day: '2026-04-04', started_by: 'staff', user_id: userId },
    ]);
  });

  it('has everything of the list on its schedule, in its own time zone', async () => {
    const rows = await world.db('pgboss.schedule').orderBy('name').select('name', 'cron', 'timezone');
    const listed = SCHEDULE.map(({ name, cron, tz }) => ({ name, cron, timezone: tz(world.config) }));
    expect(rows).toEqual(listed.toSorted((a, b) => (a.name < b.name ? -1 : 1)));
  });

  it('sends what waits, and fetches nothing where that is off', async () => {
    const config = parseConfig({ NODE_ENV: 'test', ECB_RATES_URL: 'off', CBR_RATES_URL: 'off' });
    await world.placeOrder(await world.addCustomer());
    for (const job of SCHEDULE.filter(({ name }) => name !== 'billing'))
      await job.work({ db: world.db, clock: world.clock, config, transport: server.transport }, null);
    expect(server.received).toHaveLength(1);
    expect(await world.db('rate_fetches')).toEqual([]);
  });
});
