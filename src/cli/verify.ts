import { parseArgs } from 'node:util';
import { ConfigurationError } from '../platform/config.ts';
import { nameOfDatabase } from '../platform/db/database-name.ts';
import type { Db } from '../platform/db/database.ts';
import { openExistingDatabase } from '../platform/db/open-existing.ts';
import { knownSchemaVersion } from '../platform/db/schema-version.ts';
import { INVARIANT_IDS, verifyInvariants } from '../domain/audit/verify-invariants.ts';
import { runCliWith } from './run-cli.ts';

const { values, positionals } = parseArgs({
  options: { 'empty-is-fine': { type: 'boolean' } },
  allowPositionals: true,
});

/** Changes nothing and sees one moment, so that it can be run against a replica, and beside everything else. */
await runCliWith(openExistingDatabase, ({ db, url }) =>
  db.transaction((snapshot) => verify(snapshot, nameOfDatabase(url)), {
    isolationLevel: 'repeatable read',
    readOnly: true,
  }),
);

async function verify(db: Db, database: string) {
  const unknown = positionals.find((id) => !INVARIANT_IDS.includes(id));
  if (unknown) throw new ConfigurationError(`There is no invariant ${unknown}; there are ${INVARIANT_IDS.join(' ')}`);
  console.log(`${database}, schema ${await knownSchemaVersion(db, database)}`);
  const verdicts = await verifyInvariants(db, positionals.length > 0 ? positionals : INVARIANT_IDS);
  if (verdicts.every(({ rows }) => rows === 0) && !values['empty-is-fine'])
    throw new ConfigurationError(`Nothing to check: ${database} has no customers and no books`);
  for (const { id, name, rows, offenders } of verdicts) {
    console.log(`${offenders.length === 0 ? 'true ' : 'FALSE'}  ${id} ${name} (rows: ${rows})`);
    for (const row of offenders) console.log(`       ${JSON.stringify(row)}`);
    if (offenders.length > 0) process.exitCode = 1;
  }
}
