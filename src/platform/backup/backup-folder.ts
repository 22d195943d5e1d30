import fs from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { ConfigurationError } from '../config.ts';

/** What a backup consists of. */
export const CLUSTER = 'cluster';
export const SECRETS = 'secrets.json';
const DESCRIPTION = 'backup.json';

const Description = z.object({
  format: z.literal(1),
  startedAt: z.iso.datetime(),
  bytes: z.number().int().nonnegative(),
});
export type Description = z.infer<typeof Description>;

export const describeBackup = (description: Description) => ({
  file: DESCRIPTION,
  text: `${JSON.stringify(description, null, 2)}\n`,
});

/** @throws {ConfigurationError} when the folder is not a complete backup */
export async function readDescription(folder: string): Promise<Description> {
  try {
    const text = await fs.readFile(path.join(folder, DESCRIPTION), 'utf8');
    await fs.access(path.join(folder, SECRETS));
    await fs.access(path.join(folder, CLUSTER, 'backup_label'));
    return Description.parse(JSON.parse(text));
  } catch {
    throw new ConfigurationError(`There is no whole backup in ${folder}`);
  }
}
