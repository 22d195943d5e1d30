import fs from 'node:fs/promises';
import { systemClock } from '../platform/clock.ts';
import { ConfigurationError } from '../platform/config.ts';
import { inTransaction } from '../platform/db/transaction.ts';
import { RateFileRefused } from '../domain/errors.ts';
import { readRateFile } from '../domain/rates/rate-file.ts';
import { storeRates } from '../domain/rates/store-rates.ts';
import { runCli } from './run-cli.ts';

const [name] = process.argv.slice(2);

await runCli(async ({ db }, config) => {
  const clock = systemClock(config.timeZone);
  try {
    const file = readRateFile(await readNamed(name), clock.today());
    const { stored, unchanged, proposed } = await inTransaction(db, (trx) => storeRates(trx, clock, file));
    console.log(
      `${file.source} ${file.date}: ${stored.length} stored (${stored.join(' ')}), ${unchanged.length} known, ` +
        `${proposed.length} wait for confirmation (${proposed.join(' ')})`,
    );
  } catch (error) {
    if (!(error instanceof RateFileRefused)) throw error;
    const { reason, line, detail } = error.data;
    throw new ConfigurationError(`Refused, nothing stored: ${reason}, line ${line}: ${detail}`);
  }
});

async function readNamed(file: string | undefined): Promise<Buffer> {
  if (!file) throw new ConfigurationError('Usage: npm run rates -- FILE');
  try {
    return await fs.readFile(file);
  } catch (error) {
    throw new ConfigurationError(`Cannot read ${file}: ${(error as Error).message}`);
  }
}
