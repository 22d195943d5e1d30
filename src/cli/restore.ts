import path from 'node:path';
import { readDescription } from '../platform/backup/backup-folder.ts';
import { recordBackup } from '../platform/backup/record-backup.ts';
import { removeRestored, restoreBackup } from '../platform/backup/restore-backup.ts';
import { systemClock } from '../platform/clock.ts';
import { ConfigurationError } from '../platform/config.ts';
import { startEmbeddedPostgres } from '../platform/db/embedded-postgres.ts';
import { DATABASE, EMBEDDED_SETTINGS } from '../platform/db/open-database.ts';
import { loadSecrets } from '../platform/installation-secrets.ts';
import { showProgress } from './progress-bar.ts';
import { runBackupCli } from './run-backup-cli.ts';
import { brokenInvariants } from './verify-copy.ts';

await runBackupCli('restore', async (backup, config) => {
  const clock = systemClock(config.timeZone);
  const startedAt = clock.now();
  const dataDir = path.resolve(config.dataDir);
  const { bytes, startedAt: madeAt } = await readDescription(backup);
  const home = await restoreBackup(backup, dataDir, (done, total) => showProgress(done, total, 'files'));
  const secrets = await loadSecrets(dataDir);
  let server;
  try {
    server = await startEmbeddedPostgres({ dataDir, secrets, settings: EMBEDDED_SETTINGS });
  } catch (error) {
    await removeRestored(dataDir, home);
    throw error;
  }
  try {
    console.log('Verifying it …');
    const broken = await brokenInvariants(server.applicationUrl(DATABASE));
    const detail = broken.length > 0 ? `these invariants do not hold: ${broken.join('; ')}` : '';
    const result = detail === '' ? 'ok' : 'failed';
    const record = {
      kind: 'restore',
      startedAt,
      finishedAt: clock.now(),
      result,
      bytes,
      path: backup,
      detail,
    } as const;
    if (!(await recordBackup(server.ownerUrl(DATABASE), record)))
      console.log('The backup is of an older schema: the database has no row of this restore.');
    if (detail !== '') throw new ConfigurationError(`Restored to ${dataDir}, but ${detail}`);
    console.log(`Restored and verified: ${dataDir}, as it was on ${madeAt}. Start it with npm start.`);
  } finally {
    await server.stop();
  }
});
