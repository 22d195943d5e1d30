import { parseArgs } from 'node:util';
import { type Clock, systemClock } from '../platform/clock.ts';
import { ConfigurationError } from '../platform/config.ts';
import { nameOfDatabase } from '../platform/db/database-name.ts';
import type { Db } from '../platform/db/database.ts';
import { openExistingAsOwner } from '../platform/db/open-existing.ts';
import { knownSchemaVersion } from '../platform/db/schema-version.ts';
import { dayOf, type Installation, readInstallation } from '../platform/installation/installation.ts';
import { countOthers, unmark } from '../platform/installation/unmark.ts';
import { runCliWith } from './run-cli.ts';

const { values, positionals } = parseArgs({
  options: { database: { type: 'string' } },
  allowPositionals: true,
});

/** Makes a copy of a production database a test copy, when its name is repeated. */
await runCliWith(openExistingAsOwner, async ({ db, ownerUrl }, config) => {
  if (positionals.length !== 1 || positionals[0] !== 'unmark')
    throw new ConfigurationError('Usage: npm run staging -- unmark --database NAME');
  await unmarkNamed(db, nameOfDatabase(ownerUrl), systemClock(config.timeZone));
});

async function unmarkNamed(owner: Db, database: string, clock: Clock) {
  const name = database.slice(database.indexOf('/') + 1);
  await knownSchemaVersion(owner, database);
  const installation = await readInstallation(owner);
  if (installation?.stagingSince)
    return console.log(`${database} has been a test copy since ${dayOf(installation.stagingSince)}.`);
  if (values.database !== name) {
    console.log(explanation(database, installation));
    throw new ConfigurationError(
      values.database === undefined
        ? `Nothing was done. If this is the copy, repeat its name: npm run staging -- unmark --database ${name}`
        : `Nothing was done: the database is ${name}, not ${values.database}`,
    );
  }
  const others = await countOthers(owner);
  if (others > 0)
    throw new ConfigurationError(
      `Nothing was done: ${database} is in use (other sessions: ${others}); if it is the copy, stop them first`,
    );
  const kept = await unmark(owner, clock);
  console.log(`${database} is a test copy now. Messages kept instead of sent: ${kept}.`);
}

function explanation(database: string, installation: Installation | null): string {
  const state = installation?.productionSince
    ? `is in production since ${dayOf(installation.productionSince)}`
    : 'was never in production';
  return [
    `${database} ${state}. Unmarking it, which cannot be taken back,`,
    '- lets every mode but production open it: NODE_ENV=production is refused from then on;',
    '- turns mails off: what waits is kept, and nothing is ever sent from it, whatever SMTP_URL says;',
    '- turns gateways off: there is the sandbox bank only, whose money is invented;',
    '- opens /dev/mail to anybody who reaches the process: it shows the messages to real customers, so keep it from strangers.',
  ].join('\n');
}
