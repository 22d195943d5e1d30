import { type Config, ConfigurationError, parseConfig } from '../platform/config.ts';
import { openDatabase, type OpenDatabase } from '../platform/db/open-database.ts';

type Work = (database: OpenDatabase, config: Config) => Promise<void>;

/**
 * Runs a command of the command line on the configured database; what an operator has to fix is one line, exit code 1.
 */
export const runCli = (work: Work): Promise<void> => runCliWith(openDatabase, work);

/** The same for a command that opens the database in another way. */
export async function runCliWith(open: (config: Config) => Promise<OpenDatabase>, work: Work): Promise<void> {
  try {
    const config = parseConfig(process.env);
    const database = await open(config);
    try {
      await work(database, config);
    } finally {
      await database.close();
    }
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
