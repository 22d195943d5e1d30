import { parseConfig } from '../config.ts';
import { openDatabase } from '../db/open-database.ts';
import { verifyInvariants } from './verify-invariants.ts';

const database = await openDatabase(parseConfig(process.env));
try {
  for (const { name, offenders } of await verifyInvariants(database.db)) {
    console.log(`${offenders.length === 0 ? 'true ' : 'FALSE'}  ${name}`);
    for (const row of offenders) console.log(`       ${JSON.stringify(row)}`);
    if (offenders.length > 0) process.exitCode = 1;
  }
} finally {
  await database.close();
}
