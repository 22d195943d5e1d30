import fs from 'node:fs/promises';
import path from 'node:path';
import { SECRETS } from '../platform/backup/backup-folder.ts';
import { flush } from '../platform/backup/copy-files.ts';
import { recordBackup } from '../platform/backup/record-backup.ts';
import { takeBackup } from '../platform/backup/take-backup.ts';
import { systemClock } from '../platform/clock.ts';
import { type Config, ConfigurationError } from '../platform/config.ts';
import { startEmbeddedPostgres } from '../platform/db/embedded-postgres.ts';
import { exists, findHome } from '../platform/db/embedded-programs.ts';
import { DATABASE, EMBEDDED_SETTINGS } from '../platform/db/open-database.ts';
import { loadSecrets } from '../platform/installation-secrets.ts';
import { showProgress } from './progress-bar.ts';
import { runBackupCli } from './run-backup-cli.ts';
import { verifyBackup } from './verify-backup.ts';

await runBackupCli('backup', async (folder, config) => {
  const dataDir = path.resolve(config.dataDir);
  const secretsFile = path.join(dataDir, SECRETS);
  if (!(await exists(secretsFile)))
    throw new ConfigurationError(`There is no embedded database in ${dataDir}: nothing to back up`);
  const { dataDir: clusterDir } = await findHome(dataDir);
  if (!(await exists(clusterDir)))
    throw new ConfigurationError(`There is no embedded database in ${clusterDir}: nothing to back up`);
  const secrets = await loadSecrets(dataDir);
  const server = await startEmbeddedPostgres({ dataDir, secrets, settings: EMBEDDED_SETTINGS });
  try {
    await backUp(folder, config, { url: server.ownerUrl(DATABASE), clusterDir, secretsFile });
  } finally {
    await server.stop();
  }
});

/** A complete and verified backup gets its final name; until then it is `.unfinished`, after a failure `.failed`. */
async function backUp(folder: string, config: Config, source: Parameters<typeof takeBackup>[0]) {
  const clock = systemClock(config.timeZone);
  const startedAt = clock.now();
  const name = `kabinet-${startedAt.toISOString().slice(0, 19).replaceAll(':', '-')}Z`;
  const final = path.join(folder, name);
  const half = path.join(folder, `${name}.unfinished`);
  let [bytes, detail, at, ours] = [0, '', final, false];
  try {
    await fs.mkdir(folder, { recursive: true });
    await fs.mkdir(half, { mode: 0o700 });
    ours = true;
    ({ bytes } = await takeBackup(source, half, clock, (done, total) => showProgress(done, total, 'files')));
    console.log('Verifying a copy of it …');
    const broken = await verifyBackup(half);
    if (broken.length > 0) detail = `these invariants do not hold: ${broken.join('; ')}`;
  } catch (error) {
    detail = (error as Error).message;
  }
  if (detail !== '') at = `${final}.failed`;
  // The folder may belong to another backup that was started in the same second.
  if (ours) await fs.rename(half, at).catch((error: Error) => (detail ||= error.message));
  await flush(folder).catch(() => {});
  const result = detail === '' ? 'ok' : 'failed';
  const record = {
    kind: 'backup',
    startedAt,
    finishedAt: clock.now(),
    result,
    bytes,
    path: at,
    detail,
  } as const;
  // The backup can be good without its row.
  const recorded = await recordBackup(source.url, record).catch((error: Error) => error);
  if (recorded instanceof Error) console.error(`The database has no row of this backup: ${recorded.message}`);
  else if (!recorded) console.log('The schema is older than this program: the database has no row of this backup.');
  if (detail !== '') throw new ConfigurationError(`The backup failed: ${detail}`);
  console.log(`Backed up and verified: ${at} (${Math.ceil(bytes / 1_000_000)} MB)`);
}
