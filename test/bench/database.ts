import fs from 'node:fs/promises';
import { systemClock } from '../../src/platform/clock.ts';
import { connect, type Db } from '../../src/platform/db/database.ts';
import { ensureDatabase, startEmbeddedPostgres } from '../../src/platform/db/embedded-postgres.ts';
import { migrate } from '../../src/platform/db/migrate.ts';
import { EMBEDDED_SETTINGS } from '../../src/platform/db/open-database.ts';
import { seedInBulk } from '../../seeds/bulk.ts';
import { newDataDir } from './app-under-test.ts';

/** A customer to measure with. */
interface Sample {
  email: string;
  userId: number;
  customerId: number;
  orders: number;
}

/** A database with the settings that `npm start` has, on a server of its own. */
export interface EmptyDatabase {
  url: string;
  ownerUrl: string;
  /** As the application is connected. */
  db: Db;
  owner: Db;
}

export interface Database extends EmptyDatabase {
  /** Somebody with two pages of orders, and the one with the most. */
  sample: { ordinary: Sample; largest: Sample };
}

const ORDERS_PER_CUSTOMER = 50;

export async function onEmptyDatabase(work: (database: EmptyDatabase) => Promise<void>): Promise<void> {
  const dataDir = newDataDir();
  const secrets = { databaseOwnerPassword: 'bench-owner', databasePassword: 'bench-application' };
  const server = await startEmbeddedPostgres({ dataDir, secrets, settings: EMBEDDED_SETTINGS });
  try {
    await ensureDatabase(server, 'bench');
    const [url, ownerUrl] = [server.applicationUrl('bench'), server.ownerUrl('bench')];
    await migrate(ownerUrl, url);
    const db = connect(url, { prepared: true });
    const owner = connect(ownerUrl, { pool: 2 });
    try {
      await work({ url, ownerUrl, db, owner });
    } finally {
      await db.destroy();
      await owner.destroy();
    }
  } finally {
    await server.stop();
    await fs.rm(dataDir, { recursive: true, force: true });
  }
}

/** For every currency, so that pages show the balance in all of them. */
export const addRates = (owner: Db) =>
  owner.raw(
    `insert into exchange_rates (currency, rate, effective_on, source, recorded_at)
     select code, 1 + ascii(code) / 10.0, current_date, 'manual', now()
     from currencies
     where code <> 'EUR'`,
  );

/** @param orders in the database; customers have fifty each, but one has more */
export function onDatabaseOf(orders: number, work: (database: Database) => Promise<void>): Promise<void> {
  return onEmptyDatabase(async (database) => {
    const customers = orders / ORDERS_PER_CUSTOMER;
    await seedInBulk(database.owner, systemClock('UTC'), { customers, orders }, () => {});
    await addRates(database.owner);
    const { rows } = await database.owner.raw<{ rows: Sample[] }>(
      `select u.email, u.id as "userId", m.customer_id as "customerId", count(*) as orders
       from users u
       join memberships m on m.user_id = u.id
       join orders o on o.customer_id = m.customer_id
       group by u.id, m.customer_id
       order by u.id
       limit 2`,
    );
    const [largest, ordinary] = rows as [Sample, Sample];
    await work({ ...database, sample: { largest, ordinary } });
  });
}
