import fs from 'node:fs/promises';
import { ConfigurationError } from '../config.ts';
import type { Db } from './database.ts';
import { MIGRATIONS } from './migrate.ts';

/**
 * Which schema a database has: the name of its latest migration.
 * @throws {ConfigurationError} in one line, when it has none of Kabinet's, or one that this code does not know
 */
export async function knownSchemaVersion(db: Db, database: string): Promise<string> {
  const known = (await fs.readdir(MIGRATIONS)).sort();
  const found = await appliedMigrations(db);
  if (!found.includes(known[0] as string)) throw new ConfigurationError(`${database} has no schema of Kabinet`);
  const newer = found.filter((name) => !known.includes(name)).at(-1);
  if (newer)
    throw new ConfigurationError(`The schema of ${database} is newer (${newer}) than this code (${known.at(-1)})`);
  if (found.length < known.length)
    throw new ConfigurationError(
      `The schema of ${database} is older (${found.at(-1)}) than this code (${known.at(-1)}); npm run migrate brings it up to date`,
    );
  return found.at(-1) as string;
}

async function appliedMigrations(db: Db): Promise<string[]> {
  const { rows } = await db.raw<{ rows: { found: boolean }[] }>(
    `select count(*) = 1 as found
     from information_schema.columns
     where table_schema = 'public'
       and table_name = 'migrations'
       and column_name = 'name'`,
  );
  return rows[0]?.found ? db('public.migrations').orderBy('name').pluck('name') : [];
}
