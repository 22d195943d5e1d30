import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';

const PROJECT = path.join(import.meta.dirname, '../..');

export interface Ended {
  code: number | null;
  /** The lines that it printed, on either stream. */
  said: string[];
}

/** Runs a command of the command line to its end, as its npm script does. */
export async function runCommand(script: string, args: string[], environment: Record<string, string>): Promise<Ended> {
  return spawnCommand(script, args, environment).ended;
}

/** Starts the application, and waits until it is ready, or has ended. */
export async function startApplication(environment: Record<string, string>) {
  const { process: application, ended, said } = spawnCommand('src/server.ts', [], environment);
  await new Promise<void>((resolve) => {
    application.stdout.on('data', () => {
      if (/Kabinet is (ready|working)/.test(said())) resolve();
    });
    void ended.then(() => resolve());
  });
  return {
    said,
    async stop(): Promise<Ended> {
      application.kill('SIGTERM');
      return ended;
    },
  };
}

/** Where a process of a test keeps its secrets: never in the project's own folder. */
function ownDataDir(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'kabinet-command-'));
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }));
  return path.join(folder, 'data');
}

function spawnCommand(script: string, args: string[], environment: Record<string, string>) {
  const command = spawn(process.execPath, [script, ...args], {
    cwd: PROJECT,
    env: {
      PATH: process.env['PATH'] ?? '',
      LOG_LEVEL: 'error',
      SEED_DEMO: 'false',
      DATA_DIR: ownDataDir(),
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // Nothing stays behind when a test waits for the end in vain.
  onTestFinished(() => void command.kill('SIGKILL'));
  let text = '';
  for (const stream of [command.stdout, command.stderr])
    stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const ended = new Promise<Ended>((resolve) =>
    command.on('close', (code) => resolve({ code, said: text.trim().split('\n') })),
  );
  return { process: command, ended, said: () => text };
}
