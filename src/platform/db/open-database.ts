import path from 'node:path';
import type { Logger } from 'pino';
import { type Config, ConfigurationError } from '../config.ts';
import { loadSecrets } from '../installation-secrets.ts';
import { refuseWrongMode } from '../installation/installation.ts';
import { nameOfDatabase } from './database-name.ts';
import { connect, type Db } from './database.ts';
import { ensureDatabase, startEmbeddedPostgres } from './embedded-postgres.ts';
import { migrate } from './migrate.ts';

export interface OpenDatabase {
  db: Db;
  /** For connections outside the pool: LISTEN. */
  url: string;
  /** For the owner of the schema: migrations, and seeding in bulk. */
  ownerUrl: string;
  close(): Promise<void>;
}

export const DATABASE = 'kabinet';
/** Modest: the demo's machine is a laptop. */
export const EMBEDDED_SETTINGS = ['shared_buffers=256MB', 'max_connections=100'];

/**
 * Opens the database of `DATABASE_URL`, or starts the embedded one, and brings its schema up to date.
 * @param supervisorLog where given, the embedded one is brought back whenever it ends before `close`
 * @throws {ConfigurationError} in one line, when there is none to be had.
 */
export async function openDatabase(config: Config, supervisorLog?: Logger): Promise<OpenDatabase> {
  if (config.databaseUrl && config.migrationDatabaseUrl)
    return open(config, config.databaseUrl, config.migrationDatabaseUrl, async () => {});
  const dataDir = path.resolve(config.dataDir);
  const secrets = await loadSecrets(dataDir);
  const server = await startEmbeddedPostgres({
    dataDir,
    secrets,
    settings: EMBEDDED_SETTINGS,
    ...(supervisorLog && { supervisorLog }),
  });
  try {
    await ensureDatabase(server, DATABASE);
    return await open(config, server.applicationUrl(DATABASE), server.ownerUrl(DATABASE), () => server.stop());
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function open(config: Config, url: string, ownerUrl: string, stop: () => Promise<void>): Promise<OpenDatabase> {
  await reach(ownerUrl, ownerUrl === url ? 'DATABASE_URL' : 'MIGRATION_DATABASE_URL');
  if (url !== ownerUrl) await reach(url, 'DATABASE_URL');
  try {
    await refuseModeOf(ownerUrl, config);
    await migrate(ownerUrl, url);
  } catch (error) {
    const { message, code } = error as Error & { code?: string };
    if (code === '42501')
      throw new ConfigurationError(`The schema's owner has to migrate; set MIGRATION_DATABASE_URL: ${message}`);
    throw error;
  }
  const db = connect(url, { pool: config.databasePool, prepared: config.preparedStatements });
  try {
    if (!(await hasSchema(db)))
      throw new ConfigurationError('DATABASE_URL is another database than MIGRATION_DATABASE_URL');
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return {
    db,
    url,
    ownerUrl,
    async close() {
      await db.destroy();
      await stop();
    },
  };
}

/** Before anything is changed, the schema included. */
async function refuseModeOf(ownerUrl: string, config: Config) {
  const owner = connect(ownerUrl, { pool: 1, applicationName: 'kabinet-migrate' });
  try {
    await refuseWrongMode(owner, nameOfDatabase(ownerUrl), config);
  } finally {
    await owner.destroy();
  }
}

/** @throws {ConfigurationError} with the name of the variable that leads nowhere */
async function reach(url: string, variable: string): Promise<void> {
  let db: Db | undefined;
  try {
    db = connect(url, { pool: 1 });
    await db.raw('select 1');
  } catch (error) {
    const { message, code } = error as Error & { code?: string };
    throw new ConfigurationError(
      `The database of ${variable} cannot be reached: ${(message || code || '').replaceAll('\n', ' ')}`,
    );
  } finally {
    await db?.destroy();
  }
}

async function hasSchema(db: Db): Promise<boolean> {
  const { rows } = await db.raw<{ rows: { found: boolean }[] }>(
    `select to_regclass('public.migrations') is not null as found`,
  );
  return rows[0]?.found ?? false;
}
