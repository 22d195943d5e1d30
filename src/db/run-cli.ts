import { ConfigurationError, parseConfig, type Config } from '../config.ts';
import { openDatabase, type OpenDatabase } from './open-database.ts';

/** Runs a command of the command line on the configured database; what an operator has to mend is one line, exit code 1. */
export async function runCli(work: (database: OpenDatabase, config: Config) => Promise<void>): Promise<void> {
  try {
    const config = parseConfig(process.env);
    const database = await openDatabase(config);
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
