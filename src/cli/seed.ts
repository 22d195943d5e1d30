import { parseArgs } from 'node:util';
import { type Clock, systemClock } from '../platform/clock.ts';
import { type Config, ConfigurationError } from '../platform/config.ts';
import { connect, type Db } from '../platform/db/database.ts';
import { seedInBulk } from '../../seeds/bulk.ts';
import { seedDemo } from '../../seeds/demo.ts';
import { showProgress } from './progress-bar.ts';
import { runCli } from './run-cli.ts';

const { values } = parseArgs({ options: { customers: { type: 'string' }, orders: { type: 'string' } } });

await runCli(async (database, config) => {
  const clock = systemClock(config.timeZone);
  if (values.customers === undefined && values.orders === undefined) return demo(database.db, clock, config);
  const size = {
    customers: wholeNumber(values.customers, 'customers'),
    orders: wholeNumber(values.orders, 'orders'),
  };
  await bulk(database.ownerUrl, clock, size);
});

async function demo(db: Db, clock: Clock, config: Config) {
  if (await db('users').first('id'))
    throw new ConfigurationError('The database has users already; the demo is for an empty one.');
  await seedDemo(db, clock, config);
  console.log('The demo is made.');
}

async function bulk(ownerUrl: string, clock: Clock, size: { customers: number; orders: number }) {
  const owner = connect(ownerUrl, { pool: 2, applicationName: 'kabinet-seed' });
  const began = Date.now();
  try {
    await seedInBulk(owner, clock, size, (done) => showProgress(done, size.orders, 'orders'));
  } finally {
    await owner.destroy();
  }
  const seconds = Math.round((Date.now() - began) / 1000);
  console.log(
    `${size.orders} orders of ${size.customers} customers in ${seconds} s; they sign in as load<ID>@kabinet.example.`,
  );
}

function wholeNumber(text: string | undefined, name: string): number {
  if (text !== undefined && /^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new ConfigurationError(`Usage: npm run seed [-- --customers N --orders M]; --${name} is a whole number`);
}
