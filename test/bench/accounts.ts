import { inTransaction } from '../../src/platform/db/transaction.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createUser } from '../../src/domain/identity/create-user.ts';
import { hashPassword } from '../../src/domain/identity/passwords.ts';
import { createCustomer } from '../../src/domain/customers/create-customer.ts';
import { seedCatalogue } from '../../seeds/catalogue.ts';
import { newDataDir, startApp } from './app-under-test.ts';
import { type EmptyDatabase, onEmptyDatabase } from './database.ts';
import { median, type Report } from './report.ts';

const TRIES = 200;
const PASSWORD = 'seven green umbrellas on a tram';

/** What is asked with an e-mail, which must not show whether it is somebody's: the path and the other fields. */
const ASKED = {
  'sign-in': { path: '/login', fields: { password: 'not this one at all' } },
  registration: {
    path: '/register',
    fields: { password: PASSWORD, kind: 'person', country: 'PL', currency: 'EUR', language: 'en' },
  },
  'password reset': { path: '/password-resets', fields: {} },
};

/** How long the answer takes for e-mails that are known and for those that are not, in turn, as medians. */
export function benchAccounts(report: Report): Promise<void> {
  return onEmptyDatabase(async (database) => {
    await addKnown(database);
    const app = await startApp(newDataDir(), {
      DATABASE_URL: database.url,
      MIGRATION_DATABASE_URL: database.ownerUrl,
      SEED_DEMO: 'false',
    });
    try {
      for (const [name, { path, fields }] of Object.entries(ASKED)) {
        const visitor = await visitorOf(app.url, path === '/login' ? '/login' : path);
        const times: Record<'known' | 'unknown', number[]> = { known: [], unknown: [] };
        for (let nth = 0; nth < TRIES + 5; nth++) {
          // Nobody is slowed down by what was asked before.
          await database.owner('throttles').delete();
          for (const who of nth % 2 ? (['known', 'unknown'] as const) : (['unknown', 'known'] as const)) {
            const took = await timed(app.url + path, visitor, { ...fields, email: `${who}${nth}@example.com` });
            // The first ones warm up.
            if (nth >= 5) times[who].push(took);
          }
        }
        const [known, unknown] = [median(times.known), median(times.unknown)];
        report.add({
          name: `${name}: the longer of known and unknown e-mails, of the shorter`,
          value: Math.max(known, unknown) / Math.min(known, unknown),
          atMost: 1.1,
          detail: `medians of ${TRIES}: known ${known.toFixed(1)} ms, unknown ${unknown.toFixed(1)} ms`,
        });
      }
    } finally {
      await app.stop();
    }
  });
}

async function addKnown({ owner }: EmptyDatabase): Promise<void> {
  const clock = systemClock('UTC');
  const passwordHash = await hashPassword(PASSWORD);
  await inTransaction(owner, async (trx) => {
    await seedCatalogue(trx);
    for (let nth = 0; nth < TRIES + 5; nth++) {
      const customerId = await createCustomer(trx, clock, { accountCurrency: 'EUR', profile: { kind: 'person' } });
      await createUser(trx, clock, { email: `known${nth}@example.com`, passwordHash, belongsTo: { customerId } });
    }
  });
}

interface Asking {
  cookie: string;
  token: string;
}

/** A browser that has been shown the form. */
async function visitorOf(url: string, path: string): Promise<Asking> {
  const page = await fetch(url + path);
  const token = /name="_csrf" value="([^"]+)"/.exec(await page.text())?.[1] ?? '';
  const cookie = page.headers
    .getSetCookie()
    .map((line) => line.split(';', 1)[0])
    .join('; ');
  return { cookie, token };
}

async function timed(address: string, { cookie, token }: Asking, fields: Record<string, string>): Promise<number> {
  const began = performance.now();
  const answer = await fetch(address, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie },
    body: new URLSearchParams({ _csrf: token, ...fields }),
  });
  await answer.text();
  if (answer.status !== 303 && answer.status !== 422) throw new Error(`${address} was answered ${answer.status}`);
  return performance.now() - began;
}
