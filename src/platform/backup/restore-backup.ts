import fs from 'node:fs/promises';
import path from 'node:path';
import { ConfigurationError } from '../config.ts';
import { exists, findHome, type Home } from '../db/embedded-programs.ts';
import { CLUSTER, readDescription, SECRETS } from './backup-folder.ts';
import { copyFile, copyFolder, type CopyOptions, flush } from './copy-files.ts';

/**
 * Puts a backup where the embedded server of a data folder has its files, and its secrets beside it; starts nothing.
 * When it fails, it removes what it has put there.
 * @throws {ConfigurationError} when the data folder has something in it, or the backup is not complete
 */
export async function restoreBackup(
  backup: string,
  dataDir: string,
  onProgress?: CopyOptions['onProgress'],
): Promise<Home> {
  await readDescription(backup);
  if ((await fs.readdir(dataDir).catch(() => [])).length > 0)
    throw new ConfigurationError(`${dataDir} is not empty; a backup is restored into an empty DATA_DIR only`);
  const home = await findHome(dataDir);
  if (await exists(home.dataDir)) {
    for (const name of ['postgres', 'postgres-is-at.txt'])
      await fs.rm(path.join(dataDir, name), { recursive: true, force: true });
    throw new ConfigurationError(`${home.dataDir} is there already; a backup is restored where nothing is`);
  }
  const half = `${home.dataDir}.${process.pid}`;
  try {
    await copyFolder(path.join(backup, CLUSTER), half, {
      owner: home.user,
      ...(onProgress && { onProgress }),
    });
    await fs.rename(half, home.dataDir);
    await copyFile(path.join(backup, SECRETS), path.join(dataDir, SECRETS));
    for (const folder of [path.dirname(home.dataDir), dataDir]) await flush(folder);
    return home;
  } catch (error) {
    await removeRestored(dataDir, home);
    await fs.rm(half, { recursive: true, force: true });
    throw error;
  }
}

/** Empties the data folder, and the one that the server's user needed instead, again. */
export async function removeRestored(dataDir: string, home: Home): Promise<void> {
  const inside = path.join(dataDir, 'postgres');
  const folder = path.dirname(home.dataDir);
  for (const place of [folder, inside, path.join(dataDir, SECRETS), path.join(dataDir, 'postgres-is-at.txt')])
    await fs.rm(place, { recursive: true, force: true });
}
