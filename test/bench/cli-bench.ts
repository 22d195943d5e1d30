import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { connect, type Db } from '../../src/platform/db/database.ts';
import { ensureDatabase, startEmbeddedPostgres } from '../../src/platform/db/embedded-postgres.ts';
import { migrate } from '../../src/platform/db/migrate.ts';
import { benchBilling } from './billing.ts';

export interface Bench {
  db: Db;
  owner: Db;
}

const BENCHMARKS: Record<string, (bench: Bench) => Promise<void>> = { billing: benchBilling };

/**
 * Each benchmark on an empty server of its own, with the settings that `npm start` has; it prints ratios, and passes
 * nothing.
 */
const names = process.argv.slice(2);
for (const name of names.length > 0 ? names : Object.keys(BENCHMARKS)) {
  const benchmark = BENCHMARKS[name];
  if (!benchmark) {
    console.error(`There is no benchmark ${name}; there are: ${Object.keys(BENCHMARKS).join(', ')}`);
    process.exitCode = 1;
    break;
  }
  await onServer(benchmark);
}

async function onServer(benchmark: (bench: Bench) => Promise<void>) {
  const dataDir = await fs.mkdtemp(path.join(os.tmpdir(), 'kabinet-bench-'));
  await fs.chmod(dataDir, 0o755);
  const secrets = { databaseOwnerPassword: 'bench-owner', databasePassword: 'bench-application' };
  const server = await startEmbeddedPostgres({ dataDir, secrets, settings: ['shared_buffers=256MB'] });
  try {
    await ensureDatabase(server, 'bench');
    await migrate(server.ownerUrl('bench'), server.applicationUrl('bench'));
    const db = connect(server.applicationUrl('bench'));
    const owner = connect(server.ownerUrl('bench'), { pool: 2 });
    try {
      await benchmark({ db, owner });
    } finally {
      await db.destroy();
      await owner.destroy();
    }
  } finally {
    await server.stop();
    await fs.rm(dataDir, { recursive: true, force: true });
  }
}
