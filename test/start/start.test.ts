import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import { connect, createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { connect as connectDatabase } from '../../src/platform/db/database.ts';
import { TEMPLATE } from '../support/global-setup.ts';
import { PRODUCTION } from '../support/production.ts';
import { Visitor } from '../support/visitor.ts';

const PROJECT = path.join(import.meta.dirname, '../..');
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) fs.rmSync(folder, { recursive: true, force: true });
});

function newFolder(name = 'kabinet start ') {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), name));
  fs.chmodSync(folder, 0o755);
  folders.push(folder);
  return folder;
}

/** Starts the application as `npm start` does. @returns what it printed: its address, or why it ended */
async function start(environment: Record<string, string>) {
  const app = spawn(process.execPath, ['src/server.ts'], {
    cwd: PROJECT,
    env: {
      PATH: process.env['PATH'] ?? '',
      LOG_LEVEL: 'error',
      SEED_DEMO: 'false',
      DATA_DIR: newFolder(),
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const ended = new Promise<number | null>((resolve) => app.on('exit', resolve));
  const address = await new Promise<string | null>((resolve) => {
    const listen = (chunk: Buffer) => {
      said += chunk.toString();
      const ready = /Kabinet is ready: (\S+)/.exec(said)?.[1];
      if (ready) resolve(ready);
      if (said.includes('Kabinet is working')) resolve(null);
    };
    app.stdout.on('data', listen);
    app.stderr.on('data', listen);
    void ended.then(() => resolve(null));
  });
  return { app, address, ended, said: () => said.trim() };
}

const postmaster = (dataDir: string) => path.join(dataDir, 'postgres/cluster/postmaster.pid');
const stop = async ({ app, ended }: Awaited<ReturnType<typeof start>>, signal: NodeJS.Signals = 'SIGTERM') => {
  app.kill(signal);
  return ended;
};

describe('starting and stopping', () => {
  it('works from a folder with a space in its name, and a signal ends the app and its database', async () => {
    const dataDir = newFolder();
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const running = await start({ DATA_DIR: dataDir });
      expect(running.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
      expect(await stop(running, signal)).toBe(0);
      expect(fs.existsSync(postmaster(dataDir))).toBe(false);
    }
  });

  it('chooses a port of its own beside another instance', async () => {
    const [first, second] = [await start({ DATA_DIR: newFolder() }), await start({ DATA_DIR: newFolder() })];
    expect(first.address).not.toBe(second.address);
    await Promise.all([stop(first), stop(second)]);
  });

  it('takes over the database that a killed app left running', async () => {
    const dataDir = newFolder();
    const killed = await start({ DATA_DIR: dataDir });
    await stop(killed, 'SIGKILL');
    expect(fs.existsSync(postmaster(dataDir))).toBe(true);
    const next = await start({ DATA_DIR: dataDir });
    expect((await new Visitor(next.address ?? '').get('/readyz')).status).toBe(200);
    await stop(next);
    expect(fs.existsSync(postmaster(dataDir))).toBe(false);
  });

  it('a second instance on the same data shares the database, and the last one to leave stops it', async () => {
    const dataDir = newFolder();
    const [first, second] = [await start({ DATA_DIR: dataDir }), await start({ DATA_DIR: dataDir })];
    await stop(first);
    expect((await new Visitor(second.address ?? '').get('/readyz')).status).toBe(200);
    await stop(second);
    expect(fs.existsSync(postmaster(dataDir))).toBe(false);
  });

  it('runs web and worker as two processes', async () => {
    const dataDir = newFolder();
    const web = await start({ DATA_DIR: dataDir, ROLE: 'web' });
    const worker = await start({ DATA_DIR: dataDir, ROLE: 'worker' });
    expect((await new Visitor(web.address ?? '').get('/readyz')).status).toBe(200);
    expect([worker.address, worker.said()]).toEqual([null, expect.stringContaining('Kabinet is working')]);
    // The worker has no pages, but answers health checks.
    const health = new Visitor(/http:\/\/127\.0\.0\.1:\d+/.exec(worker.said())?.[0] ?? '');
    expect((await health.get('/healthz')).text).toBe('ok');
    expect([(await health.get('/readyz')).status, (await health.get('/login')).status]).toEqual([200, 404]);
    expect(await stop(worker)).toBe(0);
    expect((await new Visitor(web.address ?? '').get('/readyz')).status).toBe(200);
    expect(await stop(web)).toBe(0);
  });

  it('two first starts at once on one data folder make one demo', async () => {
    const dataDir = newFolder();
    const both = await Promise.all([1, 2].map(() => start({ DATA_DIR: dataDir, SEED_DEMO: 'true' })));
    expect(both.map(({ address, said }) => address ?? said())).toEqual([
      expect.stringMatching(/^http/),
      expect.stringMatching(/^http/),
    ]);
    for (const running of both) expect(await stop(running)).toBe(0);
  });

  it('a signal lets what is running finish (security 44)', async () => {
    const running = await start({ DATA_DIR: newFolder() });
    const { hostname, port, host } = new URL(running.address ?? '');
    const socket = connect(Number(port), hostname);
    const answer = new Promise<string>((resolve) => {
      let text = '';
      socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
      socket.on('close', () => resolve(text));
    });
    await once(socket, 'connect');
    // Half a request is under way when the signal comes; its other half follows.
    const head = [
      `Host: ${host}`,
      'Content-Type: application/x-www-form-urlencoded',
      'Content-Length: 7',
      'Connection: close',
    ];
    socket.write(['POST /login HTTP/1.1', ...head, '', 'email'].join('\r\n'));
    expect((await fetch(`${running.address}/healthz`)).status).toBe(200);
    running.app.kill('SIGTERM');
    await expect
      .poll(
        () =>
          fetch(`${running.address}/healthz`).then(
            () => 'up',
            () => 'down',
          ),
        { timeout: 8000 },
      )
      .toBe('down');
    socket.write('=x');
    expect(await answer).toMatch(/^HTTP\/1\.1 403 /);
    expect(await running.ended).toBe(0);
  });
});

describe('what stands in the way is said in one line, with exit code 1', () => {
  const refused = async (environment: Record<string, string>) => {
    const { ended, said } = await start(environment);
    expect(await ended).toBe(1);
    expect(said().split('\n')).toHaveLength(1);
    return said();
  };

  it('a taken port', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    expect(await refused({ DATA_DIR: newFolder(), PORT: String(port) })).toBe(
      `Port ${port} is taken; set PORT to another one`,
    );
    taken.close();
  });

  it('an unreachable database', async () => {
    expect(await refused({ DATABASE_URL: 'postgres://a:b@127.0.0.1:1/c' })).toContain('DATABASE_URL cannot be reached');
  });

  it('an unwritable data folder', async () => {
    expect(await refused({ DATA_DIR: '/proc/kabinet' })).toContain('Cannot write the data folder /proc/kabinet');
    const file = path.join(newFolder(), 'a file');
    fs.writeFileSync(file, '');
    expect(await refused({ DATA_DIR: file })).toContain('data folder');
  });

  const postgres = inject('postgres');
  /** A database with the schema and without users. */
  async function withDatabase(work: (database: string) => Promise<void>) {
    const database = `test_start_${randomBytes(6).toString('hex')}`;
    const owner = connectDatabase(`${postgres.owner}postgres`, { pool: 1 });
    await owner.raw(`create database ${database} template ${TEMPLATE}`);
    try {
      await work(database);
    } finally {
      await owner.raw(`drop database ${database} with (force)`);
      await owner.destroy();
    }
  }
  const productionOn = (database: string) => ({
    ...PRODUCTION,
    DATABASE_URL: postgres.application + database,
    MIGRATION_DATABASE_URL: postgres.owner + database,
  });

  it('a demo’s database in production (security 18)', async () => {
    await withDatabase(async (database) => {
      const demo = connectDatabase(postgres.owner + database, { pool: 1 });
      await demo('users').insert({
        email: 'admin@kabinet.example',
        password_hash: 'x',
        staff_role: 'admin',
        created_at: new Date(),
      });
      await demo.destroy();
      expect(await refused(productionOn(database))).toContain('admin@kabinet.example');
    });
  });

  it('no empty database in production: it prints a link that makes the first administrator, until there is one', async () => {
    await withDatabase(async (database) => {
      const environment = { ...productionOn(database), PORT: '0', DRAIN_SECONDS: '0' };
      const empty = await start(environment);
      expect(empty.said()).toMatch(/https:\/\/portal\.example\/staff\/setup\?token=[\w-]{43}/);
      expect(await stop(empty)).toBe(0);
      const administrator = { ADMIN_EMAIL: 'owner@example.com', ADMIN_PASSWORD: 'a long enough password' };
      expect(await stop(await start({ ...environment, ...administrator }))).toBe(0);
      const again = await start(environment);
      expect(again.address).toBe(PRODUCTION.PUBLIC_URL);
      expect(again.said()).not.toContain('/staff/setup');
      expect(await stop(again)).toBe(0);
    });
  });

  it('a wrong password, role or database of either address, by the name of the variable that has it', async () => {
    await withDatabase(async (database) => {
      const right = productionOn(database);
      const wrong = (url: string) => ({
        password: url.replace(/:[^:@/]+@/, ':wrong@'),
        database: url.replace(database, 'no_such_database'),
        role: url.replace(/\/\/[^:]+:/, '//no_such_role:'),
      });
      for (const url of Object.values(wrong(right.DATABASE_URL)))
        expect(await refused({ ...right, DATABASE_URL: url })).toMatch(
          /^The database of DATABASE_URL cannot be reached: /,
        );
      for (const url of [
        ...Object.values(wrong(right.MIGRATION_DATABASE_URL)),
        'postgres://a:b@127.0.0.1:1/c',
        'nonsense',
      ])
        expect(await refused({ ...right, MIGRATION_DATABASE_URL: url })).toMatch(
          /^The database of MIGRATION_DATABASE_URL cannot be reached: /,
        );
      expect(await refused({ ...right, DATABASE_URL: `${postgres.owner}postgres` })).toContain(
        'DATABASE_URL is another database',
      );
    });
  });

  it.each(['0.0.0.0/0', '1.2.3.4/99', '10.0.0.0/999'])('proxies that Express does not take: %s', async (proxies) => {
    expect(await refused({ TRUSTED_PROXIES: proxies })).toContain('TRUSTED_PROXIES');
  });

  it('a wrong setting', async () => {
    expect(await refused({ PORT: 'many', TIME_ZONE: 'Mars/Olympus', TRUSTED_PROXIES: 'foo' })).toMatch(
      /TIME_ZONE.*PORT.*TRUSTED_PROXIES/,
    );
  });
});
