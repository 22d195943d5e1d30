import { parseArgs } from 'node:util';
import { systemClock } from '../src/clock.ts';
import { parseConfig } from '../src/config.ts';
import { connect } from '../src/db/database.ts';
import { openDatabase } from '../src/db/open-database.ts';
import { seedInBulk } from './bulk.ts';
import { seedDemo } from './demo.ts';

const { values } = parseArgs({ options: { customers: { type: 'string' }, orders: { type: 'string' } } });
const config = parseConfig(process.env);
const clock = systemClock(config.timeZone);
const database = await openDatabase(config);
try {
  if (values.customers === undefined && values.orders === undefined) await demo();
  else await bulk(wholeNumber(values.customers, 'customers'), wholeNumber(values.orders, 'orders'));
} finally {
  await database.close();
}

async function demo() {
  if (await database.db('users').first('id'))
    return console.log('The database has users already; the demo is for an empty one.');
  await seedDemo(database.db, clock, config);
  console.log('The demo is made.');
}

async function bulk(customers: number, orders: number) {
  const owner = connect(database.ownerUrl, { pool: 2, applicationName: 'kabinet-seed' });
  const began = Date.now();
  try {
    await seedInBulk(owner, clock, { customers, orders }, (done) => showProgress(done, orders));
  } finally {
    await owner.destroy();
  }
  const seconds = Math.round((Date.now() - began) / 1000);
  console.log(
    `\n${orders} orders of ${customers} customers in ${seconds} s; they sign in as load<ID>@kabinet.example.`,
  );
}

function showProgress(done: number, all: number) {
  const width = 30;
  const filled = Math.round((width * done) / all);
  process.stdout.write(`\r[${'█'.repeat(filled)}${'·'.repeat(width - filled)}] ${done} / ${all} orders`);
}

function wholeNumber(text: string | undefined, name: string): number {
  if (text !== undefined && /^[1-9]\d{0,8}$/.test(text)) return Number(text);
  console.error(`Usage: npm run seed [-- --customers N --orders M]; --${name} is a whole number`);
  return process.exit(2);
}
