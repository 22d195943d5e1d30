import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { removeRestored, restoreBackup } from '../platform/backup/restore-backup.ts';
import { startEmbeddedPostgres } from '../platform/db/embedded-postgres.ts';
import { DATABASE } from '../platform/db/open-database.ts';
import { loadSecrets } from '../platform/installation-secrets.ts';
import { brokenInvariants } from './verify-copy.ts';

/** Thrown away after the look at it, so that nothing waits for the disk. */
const SCRATCH_SETTINGS = ['fsync=off', 'shared_buffers=64MB', 'max_connections=20'];

/**
 * Restores a backup into a folder of its own, starts a server on it, looks at the books and removes both.
 * @returns the invariants that do not hold; @throws when it cannot be restored
 */
export async function verifyBackup(backup: string): Promise<string[]> {
  const scratch = await fs.mkdtemp(path.join(os.tmpdir(), 'kabinet-verify-'));
  await fs.chmod(scratch, 0o711);
  try {
    const home = await restoreBackup(backup, scratch);
    try {
      const server = await startEmbeddedPostgres({
        dataDir: scratch,
        secrets: await loadSecrets(scratch),
        settings: SCRATCH_SETTINGS,
      });
      try {
        return await brokenInvariants(server.applicationUrl(DATABASE));
      } finally {
        await server.stop();
      }
    } finally {
      await removeRestored(scratch, home);
    }
  } finally {
    await fs.rm(scratch, { recursive: true, force: true });
  }
}
