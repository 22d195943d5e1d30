import { randomBytes } from 'node:crypto';
import { PgBoss } from 'pg-boss';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { connect, type Db } from '../../src/platform/db/database.ts';
import { runCommand, startApplication } from '../support/command.ts';
import { TEMPLATE } from '../support/global-setup.ts';
import { MailServer } from '../support/mail-server.ts';

/** A database that went into production; no connection of ours stays open between the tests. */
const database = `test_${randomBytes(6).toString('hex')}`;
const postgres = inject('postgres');
const addresses = {
  DATABASE_URL: postgres.application + database,
  MIGRATION_DATABASE_URL: postgres.owner + database,
};
const production = {
  ...addresses,
  NODE_ENV: 'production',
  PORT: '0',
  DRAIN_SECONDS: '0',
  SESSION_SECRET: 'x'.repeat(32),
  ENCRYPTION_KEY: Buffer.alloc(32, 'x').toString('base64'),
  ADMIN_EMAIL: 'a@b.example',
  ADMIN_PASSWORD: 'a long enough password',
  PUBLIC_URL: 'https://portal.example',
  TRUSTED_PROXIES: 'loopback',
  SMTP_URL: 'off',
  ECB_RATES_URL: 'off',
  CBR_RATES_URL: 'off',
  SELLER_NAME: 'Test Hosting',
  SELLER_DETAILS: 'Somewhere 1',
  SUPPORT_EMAIL: 'support@portal.example',
};
const development = {
  ...addresses,
  NODE_ENV: 'development',
  PORT: '0',
  ECB_RATES_URL: 'off',
  CBR_RATES_URL: 'off',
};

async function connected<T>(url: string, work: (db: Db) => Promise<T>): Promise<T> {
  const db = connect(url, { pool: 1 });
  try {
    return await work(db);
  } finally {
    await db.destroy();
  }
}
const asOwner = <T>(work: (db: Db) => Promise<T>) => connected(addresses.MIGRATION_DATABASE_URL, work);
const asApplication = <T>(work: (db: Db) => Promise<T>) => connected(addresses.DATABASE_URL, work);

beforeAll(async () => {
  await connected(`${postgres.owner}postgres`, (db) => db.raw('create database ?? template ??', [database, TEMPLATE]));
});
afterAll(() => connected(`${postgres.owner}postgres`, (db) => db.raw('drop database ?? with (force)', [database])));

describe('a production database', () => {
  it('is marked by its first start, once', async () => {
    const installation = () => asOwner((db) => db('installation').first());
    expect((await installation()).production_since).toBeNull();
    const first = await startApplication(production);
    expect(first.said()).toContain('Kabinet is ready');
    expect((await first.stop()).code).toBe(0);
    const marked = await installation();
    expect(marked.production_since).toBeInstanceOf(Date);

    const second = await startApplication({ ...production, ROLE: 'worker' });
    expect(second.said()).toContain('Kabinet is working');
    expect((await second.stop()).code).toBe(0);
    expect(await installation()).toEqual(marked);
  });

  it.each([
    ['npm start', 'src/server.ts', {}],
    ['a worker', 'src/server.ts', { ROLE: 'worker' }],
    ['npm run billing', 'src/cli/run-billing.ts', {}],
    ['npm run billing for a day to come', 'src/cli/run-billing.ts', {}, ['--date', '2099-01-01']],
    ['npm run rates', 'src/cli/import-rates.ts', {}, ['seeds/rates/cbr-XML_daily-2025-12-13.xml']],
    ['npm run seed', 'src/cli/seed.ts', {}],
    ['npm run migrate', 'src/cli/migrate.ts', {}],
    ['npm start, with no mode at all', 'src/server.ts', { NODE_ENV: '' }],
  ])('refuses %s in another mode, in one line', async (_name, script, environment, args: string[] = []) => {
    expect(await runCommand(script, args, { ...development, ...environment })).toEqual({
      code: 1,
      said: [expect.stringMatching(/is in production since .*set NODE_ENV=production.*npm run staging -- unmark$/)],
    });
  });

  it('may be verified in any mode', async () => {
    const { code } = await runCommand('src/cli/verify.ts', ['--empty-is-fine'], development);
    expect(code).toBe(0);
  });

  it('works in production as before', async () => {
    expect((await runCommand('src/cli/run-billing.ts', [], production)).code).toBe(0);
  });

  it('is not given free by the application’s role', async () => {
    await expect(asApplication((db) => db('installation').update({ production_since: null }))).rejects.toThrow(
      'production is marked once',
    );
    await expect(
      asApplication((db) => db('installation').update({ production_since: null, staging_since: new Date() })),
    ).rejects.toThrow('permission denied');
    await expect(asApplication((db) => db('installation').delete())).rejects.toThrow('permission denied');
  });
});

describe('making a test copy', () => {
  const unmark = (...args: string[]) => runCommand('src/cli/staging.ts', ['unmark', ...args], development);

  it('says what it would do, and does nothing until the database’s name is repeated', async () => {
    const explained = await unmark();
    expect(explained.code).toBe(1);
    expect(explained.said.join('\n')).toMatch(
      /in production since[^]*mails off[^]*gateways off[^]*\/dev\/mail[^]*Nothing was done/,
    );
    expect(explained.said.at(-1)).toContain(`npm run staging -- unmark --database ${database}`);
    const wrong = await unmark('--database', 'kabinet');
    expect(wrong.code).toBe(1);
    expect(wrong.said.at(-1)).toBe(`Nothing was done: the database is ${database}, not kabinet`);
    expect((await runCommand('src/cli/staging.ts', [], development)).said).toEqual([
      'Usage: npm run staging -- unmark --database NAME',
    ]);
    expect(await asOwner((db) => db('installation').first())).toMatchObject({ staging_since: null });
  });

  it('does nothing while somebody works with it', async () => {
    const { code, said } = await asApplication(async (db) => {
      await db.raw('select 1');
      return unmark('--database', database);
    });
    expect([code, said]).toEqual([1, [expect.stringMatching(/^Nothing was done: .* is in use \(other sessions: 1\)/)]]);
  });

  it('keeps the messages that wait, and opens the database for tests and not for production', async () => {
    await asOwner((db) => addWaitingMail(db));
    const { code, said } = await unmark('--database', database);
    expect([code, said]).toEqual([0, [expect.stringMatching(/is a test copy now\. .*: 1\.$/)]]);
    expect(await asOwner((db) => db('mails').pluck('state'))).toEqual(['kept']);
    expect((await unmark()).said).toEqual([expect.stringMatching(/has been a test copy since/)]);

    for (const script of ['src/server.ts', 'src/cli/migrate.ts'])
      expect(await runCommand(script, [], production)).toEqual({
        code: 1,
        said: [expect.stringMatching(/has been a test copy since .*production needs another database/)],
      });
  });

  it('writes to nobody from then on, whatever SMTP_URL says', async () => {
    const mailServer = await MailServer.start();
    const copy = await startApplication({ ...development, SMTP_URL: mailServer.url });
    expect(copy.said()).toContain('Kabinet is ready');
    await asOwner((db) => addWaitingMail(db));
    const boss = new PgBoss({
      connectionString: addresses.DATABASE_URL,
      migrate: false,
      supervise: false,
      schedule: false,
    });
    await boss.start();
    await boss.send('mail', {});
    await boss.stop({ graceful: false });
    await expect.poll(() => asOwner((db) => db('mails').pluck('state')), { timeout: 60_000 }).toEqual(['kept', 'kept']);
    expect((await copy.stop()).code).toBe(0);
    expect(mailServer.received).toEqual([]);
    await mailServer.stop();
  });
});

async function addWaitingMail(db: Db) {
  const at = new Date('2026-03-10T12:00:00Z');
  const [user] = await db('users').limit(1);
  const [customer] = await db('customers')
    .insert({ kind: 'person', account_currency: 'EUR', created_at: at })
    .returning('id');
  await db('mails').insert({
    customer_id: customer.id,
    user_id: user.id,
    kind: 'test',
    locale: 'en',
    recipient: 'somebody@example.com',
    data: {},
    enqueued_at: at,
    due_at: at,
  });
}
