import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../src/platform/db/database.ts';
import { Books, PAYER } from '../support/books.ts';
import { Installation, type RunningApp } from '../support/installation.ts';
import { Visitor } from '../support/visitor.ts';

let installation: Installation;
let elsewhere: Installation;
let app: RunningApp;
let books: Books;
let backups: string;
beforeAll(async () => {
  installation = new Installation();
  elsewhere = new Installation();
  backups = fs.mkdtempSync(path.join(os.tmpdir(), 'kabinet backups '));
  app = await installation.start();
  books = await Books.open(installation);
});
afterAll(async () => {
  await books.close();
  await installation.remove();
  await elsewhere.remove();
  fs.rmSync(backups, { recursive: true, force: true });
});

async function command(of: Installation, name: 'backup' | 'restore', folder: string, environment = {}) {
  const running = of.run([process.execPath, `src/cli/${name}.ts`, folder], { environment });
  const code = await running.ended;
  return { code, said: running.said.trim() };
}

const entries = async () => Number((await books.db('ledger_entries').count().first())?.['count']);
const finished = () => fs.readdirSync(backups).filter((name) => name.endsWith('Z'));

describe('the embedded database', () => {
  it('is backed up while it is written to, and restored elsewhere with everything that was there before', async () => {
    for (let payment = 0; payment < 10; payment++) await books.credit('5.00');
    const before = await entries();
    const over = new AbortController();
    const writers = [1, 2].map(async () => {
      while (!over.signal.aborted) {
        await books.credit('1.00');
        await books.placeOrder();
      }
    });
    const { code, said } = await command(installation, 'backup', backups);
    over.abort();
    await Promise.all(writers);
    expect([code, said]).toEqual([0, expect.stringMatching(/Backed up and verified: .*Z \(\d+ MB\)$/)]);
    expect(await entries()).toBeGreaterThan(before);
    expect(fs.readdirSync(backups)).toEqual([expect.stringMatching(/^kabinet-\d{4}-\d\d-\d\dT[\d-]+Z$/)]);
    const [backup = ''] = finished();
    const folder = path.join(backups, backup);
    expect(fs.statSync(path.join(folder, 'secrets.json')).mode & 0o777).toBe(0o600);
    expect(await books.db('backups').first()).toMatchObject({
      kind: 'backup',
      result: 'ok',
      path: folder,
      detail: '',
    });
    expect((await books.db('backups').first('bytes')).bytes).toBeGreaterThan(1_000_000);

    expect(await command(elsewhere, 'restore', folder)).toEqual({
      code: 0,
      said: expect.stringContaining('Restored and verified'),
    });
    const restored = await elsewhere.start();
    const visitor = new Visitor(restored.address);
    await visitor.signIn(PAYER.email, PAYER.password);
    const copy = connect(elsewhere.ownerUrl(), { pool: 1, applicationName: 'test' });
    const { count } = (await copy('ledger_entries').count().first()) as { count: number };
    expect(count).toBeGreaterThanOrEqual(before);
    expect(count).toBeLessThanOrEqual(await entries());
    expect(await copy('backups').select('kind', 'result')).toEqual([{ kind: 'restore', result: 'ok' }]);
    await copy.destroy();
    expect(await restored.stop()).toBe(0);
  });

  it('is restored into an empty folder only, and only from a whole backup', async () => {
    const folder = path.join(backups, finished()[0] ?? '');
    expect(await command(elsewhere, 'restore', folder)).toEqual({
      code: 1,
      said: `${elsewhere.dataDir} is not empty; a backup is restored into an empty DATA_DIR only`,
    });
    const empty = new Installation();
    expect(await command(empty, 'restore', backups)).toEqual({
      code: 1,
      said: `There is no whole backup in ${backups}`,
    });
    expect(fs.readdirSync(empty.dataDir)).toEqual([]);
    await empty.remove();
  });

  it('that cannot be restored is never called backed up', async () => {
    // Wrong books: a trigger is switched off to make them so.
    const owner = connect(installation.ownerUrl(), { pool: 1, applicationName: 'test' });
    await owner.transaction(async (trx) => {
      await trx.raw(`set local session_replication_role = replica`);
      await trx('ledger_accounts').where({ kind: 'customer_balance' }).update({ balance: '0.01' });
    });
    const balance = await books.balance();
    expect(balance).toBe('0.0100');
    const { code, said } = await command(installation, 'backup', backups);
    expect([code, said]).toEqual([1, expect.stringContaining('The backup failed: these invariants do not hold: 4a')]);
    expect(finished()).toHaveLength(1);
    expect(fs.readdirSync(backups).filter((name) => name.endsWith('Z.failed'))).toHaveLength(1);
    expect(await owner('backups').orderBy('id', 'desc').first()).toMatchObject({
      kind: 'backup',
      result: 'failed',
    });
    await owner.destroy();
  });

  it('is backed up while the application does not run, too, and stops again', async () => {
    expect(await app.stop()).toBe(0);
    const { said } = await command(installation, 'backup', backups);
    expect(said).toContain('these invariants do not hold');
    expect(installation.postmaster).toBeUndefined();
  });
});

describe('what stands in the way is said in one line, with exit code 1', () => {
  it.each(['backup', 'restore'] as const)('%s of a database of one’s own', async (name) => {
    const DATABASE_URL = 'postgres://kabinet@127.0.0.1:1/kabinet';
    expect(await command(installation, name, backups, { DATABASE_URL })).toEqual({
      code: 1,
      said: `npm run ${name} is for the embedded database; for the one of DATABASE_URL use pg_dump and pg_restore`,
    });
  });

  it('a data folder without a database', async () => {
    const empty = new Installation();
    expect(await command(empty, 'backup', backups)).toEqual({
      code: 1,
      said: `There is no embedded database in ${empty.dataDir}: nothing to back up`,
    });
    expect(fs.readdirSync(empty.dataDir)).toEqual([]);
    await empty.remove();
  });
});
