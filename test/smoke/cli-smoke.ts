import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DEMO_PASSWORD } from '../../src/platform/config.ts';
import { Visitor } from '../support/visitor.ts';

/**
 * `npm start` as a newcomer runs it: on an empty data folder it becomes ready, somebody signs in, a signal ends it with
 * its database, and a second start finds the same data.
 */
const READY_WITHIN_MS = 30_000;
const dataDir = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'kabinet smoke ')), 'data');
fs.chmodSync(path.dirname(dataDir), 0o755);

for (const round of ['first start', 'second start']) {
  const began = Date.now();
  const app = spawn('npm', ['start'], {
    cwd: path.join(import.meta.dirname, '../..'),
    env: { ...process.env, DATA_DIR: dataDir, LOG_LEVEL: 'error', PORT: '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const address = await readyAddress(app);
  const seconds = ((Date.now() - began) / 1000).toFixed(1);
  const visitor = new Visitor(address);
  await visitor.signIn('anna@kabinet.example', DEMO_PASSWORD);
  const orders = await visitor.get('/orders');
  if (orders.$('tr[data-id]').length === 0) throw new Error('The demo customer has no orders');
  app.kill('SIGTERM');
  await new Promise((resolve) => app.on('exit', resolve));
  await assertNothingRuns();
  console.log(`${round}: ready at ${address} after ${seconds} s, signed in, stopped, nothing left running`);
}
fs.rmSync(path.dirname(dataDir), { recursive: true, force: true });

function readyAddress(app: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('Not ready in time')), READY_WITHIN_MS);
    let said = '';
    app.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const address = /Kabinet is ready: (\S+)/.exec(said)?.[1];
      if (!address) return;
      clearTimeout(timer);
      resolve(address);
    });
    app.on('exit', (code) => reject(new Error(`npm start ended with ${code}: ${said}`)));
  });
}

/** The database removes its pid file when it stops. */
async function assertNothingRuns() {
  const pidFile = path.join(dataDir, 'postgres/cluster/postmaster.pid');
  for (let wait = 0; wait < 100 && fs.existsSync(pidFile); wait++)
    await new Promise((resolve) => setTimeout(resolve, 100));
  if (fs.existsSync(pidFile)) throw new Error('The database is still running');
}
