import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';

const PROJECT = path.join(import.meta.dirname, '../..');
const { scripts } = JSON.parse(fs.readFileSync(path.join(PROJECT, 'package.json'), 'utf8')) as {
  scripts: { start: string };
};
const READY = /Kabinet is ready: (http:\/\/127\.0\.0\.1:(\d+))/;

/** A process of the application that listens. */
export interface AppUnderTest {
  url: string;
  port: number;
  pid: number;
  /** From its start until it was ready. */
  seconds: number;
  stop(): Promise<void>;
}

/** Starts the application as plain `npm start` does, in development mode; its log goes to a file. */
export async function startApp(dataDir: string, environment: Record<string, string> = {}): Promise<AppUnderTest> {
  const logFile = path.join(dataDir, 'bench.log');
  const log = fs.openSync(logFile, 'w');
  const began = performance.now();
  // Its own process, without npm's in front of it.
  const child = spawn(process.execPath, scripts.start.replace('exec node ', '').split(' '), {
    cwd: PROJECT,
    env: {
      PATH: process.env['PATH'] ?? '',
      DATA_DIR: dataDir,
      ECB_RATES_URL: 'off',
      CBR_RATES_URL: 'off',
      PORT: '0',
      ...environment,
    },
    stdio: ['ignore', log, log],
  });
  const [, url = '', port = ''] = await readyIn(logFile, child);
  const seconds = (performance.now() - began) / 1000;
  return {
    url,
    port: Number(port),
    pid: child.pid ?? 0,
    seconds,
    async stop() {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
      fs.closeSync(log);
    },
  };
}

async function readyIn(logFile: string, child: ChildProcess): Promise<RegExpExecArray> {
  for (;;) {
    const said = fs.readFileSync(logFile, 'utf8');
    const ready = READY.exec(said);
    if (ready) return ready;
    if (child.exitCode !== null) throw new Error(`It did not start: ${said}`);
    await setTimeout(20);
  }
}

export function newDataDir(): string {
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'kabinet-bench-'));
  // The embedded PostgreSQL runs as another user when this one is root.
  fs.chmodSync(dataDir, 0o755);
  return dataDir;
}
