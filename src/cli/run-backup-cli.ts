import path from 'node:path';
import { parseArgs } from 'node:util';
import { type Config, ConfigurationError, parseConfig } from '../platform/config.ts';

/**
 * Runs a command about backups of the embedded database, which takes one folder; what an operator has to fix is one
 * line, exit code 1.
 */
export async function runBackupCli(
  name: 'backup' | 'restore',
  work: (folder: string, config: Config) => Promise<void>,
): Promise<void> {
  try {
    const { positionals } = parseArgs({ allowPositionals: true });
    const [folder] = positionals;
    if (!folder || positionals.length > 1) throw new ConfigurationError(`Usage: npm run ${name} -- DIR`);
    const config = parseConfig(process.env);
    if (config.databaseUrl)
      throw new ConfigurationError(
        `npm run ${name} is for the embedded database; for the one of DATABASE_URL use pg_dump and pg_restore`,
      );
    await work(path.resolve(folder), config);
  } catch (error) {
    console.error(error instanceof ConfigurationError ? error.message : `It failed: ${String(error)}`);
    process.exitCode = 1;
  }
}
