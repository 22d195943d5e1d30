import type { Clock } from '../clock.ts';
import { ConfigurationError } from '../config.ts';
import type { Db } from '../db/database.ts';

/** What a database is for, as a row in it, so that copies of the database have it too. */
export interface Installation {
  productionSince: Date | null;
  stagingSince: Date | null;
}

/** @returns null for a database whose schema does not have the row yet */
export async function readInstallation(db: Db): Promise<Installation | null> {
  const { rows } = await db.raw<{ rows: { known: boolean }[] }>(
    `select to_regclass('public.installation') is not null as known`,
  );
  if (!rows[0]?.known) return null;
  const row = await db('public.installation').first('production_since', 'staging_since');
  return { productionSince: row.production_since, stagingSince: row.staging_since };
}

/**
 * For every command that writes or serves, before it does anything: a database of production is opened by production
 * only, and a test copy never by it.
 * @param database how to name it
 * @throws {ConfigurationError} in one line
 */
export async function refuseWrongMode(db: Db, database: string, { production }: { production: boolean }) {
  const { productionSince, stagingSince } = (await readInstallation(db)) ?? {};
  if (productionSince && !production)
    throw new ConfigurationError(
      `${database} is in production since ${dayOf(productionSince)}: set NODE_ENV=production; a copy of it is made a test copy by npm run staging -- unmark`,
    );
  if (stagingSince && production)
    throw new ConfigurationError(
      `${database} has been a test copy since ${dayOf(stagingSince)}, and stays one: ` +
        'production needs another database, restored from a backup say',
    );
}

/** The first start in production marks the database, which no other mode may open from then on. */
export async function markProduction(db: Db, clock: Clock): Promise<void> {
  await db('installation').whereNull('production_since').update({ production_since: clock.now() });
}

/** Whether the database is a test copy, from which no mail may be sent. */
export async function isStaging(db: Db): Promise<boolean> {
  return Boolean((await readInstallation(db))?.stagingSince);
}

export const dayOf = (moment: Date) => moment.toISOString().slice(0, 10);
