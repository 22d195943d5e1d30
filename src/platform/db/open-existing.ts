import fs from 'node:fs/promises';
import path from 'node:path';
import { type Config, ConfigurationError } from '../config.ts';
import { loadSecrets } from '../installation-secrets.ts';
import { connect } from './database.ts';
import { startEmbeddedPostgres } from './embedded-postgres.ts';
import { DATABASE, EMBEDDED_SETTINGS, type OpenDatabase } from './open-database.ts';

/**
 * Opens a database as it is, for commands that only look: makes and migrates nothing. The embedded one is started where
 * its files are, and stopped again unless another process uses it.
 * @throws {ConfigurationError} in one line, when there is none to be had.
 */
export const openExistingDatabase = (config: Config) => openAs('application', config);

/** The same, signed in as the owner of the schema. */
export const openExistingAsOwner = (config: Config) => openAs('owner', config);

async function openAs(role: 'application' | 'owner', config: Config): Promise<OpenDatabase> {
  const { databaseUrl, migrationDatabaseUrl } = config;
  if (databaseUrl && migrationDatabaseUrl) {
    const name = role === 'owner' && databaseUrl !== migrationDatabaseUrl ? 'MIGRATION_DATABASE_URL' : 'DATABASE_URL';
    return connectTo(name, role, { url: databaseUrl, ownerUrl: migrationDatabaseUrl }, async () => {});
  }
  const dataDir = path.resolve(config.dataDir);
  if (!(await hasCluster(dataDir)))
    throw new ConfigurationError(`There is no database in ${dataDir}; set DATA_DIR or DATABASE_URL`);
  const secrets = await loadSecrets(dataDir);
  const server = await startEmbeddedPostgres({ dataDir, secrets, settings: EMBEDDED_SETTINGS });
  const urls = { url: server.applicationUrl(DATABASE), ownerUrl: server.ownerUrl(DATABASE) };
  return connectTo(dataDir, role, urls, () => server.stop());
}

async function connectTo(
  where: string,
  role: 'application' | 'owner',
  urls: Pick<OpenDatabase, 'url' | 'ownerUrl'>,
  stop: () => Promise<void>,
): Promise<OpenDatabase> {
  const db = connect(role === 'owner' ? urls.ownerUrl : urls.url, { pool: 1 });
  const close = async () => {
    await db.destroy();
    await stop();
  };
  try {
    await db.raw('select 1');
  } catch (error) {
    await close();
    const { message, code } = error as Error & { code?: string };
    throw new ConfigurationError(`The database of ${where} cannot be read: ${message || code}`);
  }
  return { db, ...urls, close };
}

/** As root in a folder that PostgreSQL's user cannot enter, a note says where the files are. */
async function hasCluster(dataDir: string): Promise<boolean> {
  const note = await fs.readFile(path.join(dataDir, 'postgres-is-at.txt'), 'utf8').catch(() => undefined);
  const folder = note?.trim() ?? path.join(dataDir, 'postgres');
  const files = [path.join(folder, 'cluster', 'PG_VERSION'), path.join(dataDir, 'secrets.json')];
  const found = await Promise.all(
    files.map((file) =>
      fs.access(file).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.every(Boolean);
}
