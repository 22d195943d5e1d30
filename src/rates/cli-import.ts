import fs from 'node:fs/promises';
import { systemClock } from '../clock.ts';
import { parseConfig } from '../config.ts';
import { openDatabase } from '../db/open-database.ts';
import { inTransaction } from '../db/transaction.ts';
import { RateFileRefused } from '../errors.ts';
import { readRateFile } from './rate-file.ts';
import { storeRates } from './store-rates.ts';

const [name] = process.argv.slice(2);
if (!name) {
  console.error('Usage: npm run rates -- FILE');
  process.exit(2);
}
const config = parseConfig(process.env);
const clock = systemClock(config.timeZone);
const bytes = await fs.readFile(name);
const database = await openDatabase(config);
try {
  const file = readRateFile(bytes, clock.today());
  const counts = await inTransaction(database.db, (trx) => storeRates(trx, clock, file));
  console.log(
    `${file.source} ${file.date}: ${counts.stored.length} stored (${counts.stored.join(' ')}), ` +
      `${counts.unchanged.length} known, ${counts.proposed.length} wait for confirmation (${counts.proposed.join(' ')})`,
  );
} catch (error) {
  if (!(error instanceof RateFileRefused)) throw error;
  const { reason, line, detail } = error.data;
  console.error(`Refused, nothing stored: ${String(reason)}, line ${String(line)}: ${String(detail)}`);
  process.exitCode = 1;
} finally {
  await database.close();
}
