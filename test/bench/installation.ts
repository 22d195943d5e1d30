import fs from 'node:fs/promises';
import { newDataDir, startApp } from './app-under-test.ts';
import { memoryOf } from './load.ts';
import type { Report } from './report.ts';

/** `npm start` in a folder that has an installation with the demo already, its PostgreSQL included. */
export async function benchInstallation(report: Report): Promise<void> {
  const dataDir = newDataDir();
  try {
    const first = await startApp(dataDir);
    report.add({ name: 'first start, which makes the demo', unit: 's', value: first.seconds });
    await first.stop();
    const second = await startApp(dataDir);
    report.add({ name: 'start of an installation that exists', unit: 's', value: second.seconds, atMost: 3 });
    const memory = memoryOf(second.pid);
    if (memory) report.add({ name: 'memory of web and worker after it', unit: 'MB', value: memory.now, atMost: 200 });
    await second.stop();
  } finally {
    await fs.rm(dataDir, { recursive: true, force: true });
  }
}
