import { runCli } from '../db/run-cli.ts';
import { verifyInvariants } from './verify-invariants.ts';

await runCli(async ({ db }) => {
  for (const { name, offenders } of await verifyInvariants(db)) {
    console.log(`${offenders.length === 0 ? 'true ' : 'FALSE'}  ${name}`);
    for (const row of offenders) console.log(`       ${JSON.stringify(row)}`);
    if (offenders.length > 0) process.exitCode = 1;
  }
});
