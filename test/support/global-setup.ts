import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { ensureDatabase, startEmbeddedPostgres } from '../../src/platform/db/embedded-postgres.ts';
import { migrate } from '../../src/platform/db/migrate.ts';

export const TEMPLATE = 'kabinet_template';

declare module 'vitest' {
  export interface ProvidedContext {
    /** With the database's name left out. */
    postgres: { owner: string; application: string };
  }
}

const PASSWORDS = { databaseOwnerPassword: 'test-owner', databasePassword: 'test-application' };
/** Tests throw the data away, so nothing waits for the disk; many connections at once are the point of some. */
const SETTINGS = [
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  'max_connections=300',
  'shared_buffers=256MB',
];

/** One real PostgreSQL for the run, with a migrated template that each test file clones. */
export default async function setup(project: TestProject) {
  const dataDir = await fs.mkdtemp(path.join(os.tmpdir(), 'kabinet-test-'));
  await fs.chmod(dataDir, 0o755);
  const server = await startEmbeddedPostgres({ dataDir, secrets: PASSWORDS, settings: SETTINGS });
  try {
    await ensureDatabase(server, TEMPLATE);
    await migrate(server.ownerUrl(TEMPLATE), server.applicationUrl(TEMPLATE));
  } catch (error) {
    await server.stop();
    throw error;
  }
  project.provide('postgres', { owner: server.ownerUrl(''), application: server.applicationUrl('') });
  return async () => {
    await server.stop();
    await fs.rm(dataDir, { recursive: true, force: true });
  };
}
