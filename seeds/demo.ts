import fs from 'node:fs/promises';
import path from 'node:path';
import { addDays, type Clock, fixedClock } from '../src/platform/clock.ts';
import { type Config, DEMO_PASSWORD } from '../src/platform/config.ts';
import type { Db } from '../src/platform/db/database.ts';
import { inTransaction } from '../src/platform/db/transaction.ts';
import type { Locale } from '../src/platform/i18n/locale.ts';
import { readRateFile } from '../src/domain/rates/rate-file.ts';
import { createUser } from '../src/domain/identity/create-user.ts';
import { hashPassword } from '../src/domain/identity/passwords.ts';
import { createCustomer } from '../src/domain/customers/create-customer.ts';
import type { Profile } from '../src/domain/customers/profile.ts';
import { updateProfile } from '../src/domain/customers/update-profile.ts';
import { keepMails } from '../src/mail/send-mails.ts';
import { seedCatalogue, seedOptions, seedProvisioning } from './catalogue.ts';
import { playHistory } from './history.ts';
import { lockEmptyDatabase } from './seed-lock.ts';
import { annasOrders, ivansOrders, nordwindsOrders } from './stories.ts';

const ANNA: Profile = {
  kind: 'person',
  firstName: 'Anna',
  lastName: 'Kowalska',
  companyName: '',
  registrationNumber: '',
  vatNumber: '',
  country: 'PL',
  city: 'Warszawa',
  address: 'ul. Marszałkowska 12/4',
  postalCode: '00-590',
  phone: '+48 22 555 01 23',
};
const NORDWIND: Profile = {
  kind: 'company',
  firstName: 'Jonas',
  lastName: 'Berg',
  companyName: 'Nordwind GmbH',
  registrationNumber: 'HRB 118822',
  vatNumber: 'DE811907980',
  country: 'DE',
  city: 'Hamburg',
  address: 'Hafenstraße 7',
  postalCode: '20359',
  phone: '+49 40 5550199',
};
const IVAN: Profile = {
  kind: 'person',
  firstName: 'Иван',
  lastName: 'Петров',
  companyName: '',
  registrationNumber: '',
  vatNumber: '',
  country: 'KZ',
  city: 'Алматы',
  address: 'пр. Абая, 15',
  postalCode: '050000',
  phone: '+7 727 555 0142',
};
const NOBODY: Profile = {
  kind: 'person',
  firstName: '',
  lastName: '',
  companyName: '',
  registrationNumber: '',
  vatNumber: '',
  country: '',
  city: '',
  address: '',
  postalCode: '',
  phone: '',
};

type DemoConfig = Pick<Config, 'seller' | 'ratesMaxAgeDays' | 'topUpMin' | 'topUpMax' | 'timeZone'>;

/**
 * The demo: staff, four customers and their history, made by the application's own commands with the clock set to each
 * day, so that every invariant holds. Dates are relative to the clock's today; the rates are figures of two real days.
 */
export async function seedDemo(db: Db, clock: Clock, config: DemoConfig): Promise<void> {
  // All or nothing, so that an interrupted start does not leave half a demo; the commands' transactions nest in it.
  await db.transaction(async (trx) => {
    if (await lockEmptyDatabase(trx)) await seedWithin(trx, clock, { ...config, ratesMaxAgeDays: Infinity });
  });
}

async function seedWithin(db: Db, clock: Clock, config: DemoConfig): Promise<void> {
  const today = clock.today();
  const beginning = fixedClock(`${addDays(today, -750)}T08:00:00Z`, config.timeZone);
  const passwordHash = await hashPassword(DEMO_PASSWORD);
  await inTransaction(db, async (trx) => {
    await seedCatalogue(trx);
    await seedOptions(trx);
    await seedProvisioning(trx, '185.22.60.2', 250);
    await trx('plans').where({ code: 'ds-xeon-4410' }).update({ stock: 0 });
  });
  await seedRates(db, clock, beginning);

  const addStaff = (name: 'admin' | 'billing' | 'support') =>
    inTransaction(db, (trx) =>
      createUser(trx, beginning, {
        email: `${name}@kabinet.example`,
        passwordHash,
        belongsTo: { staffRole: name },
      }),
    );
  await addStaff('admin');
  const billing = await addStaff('billing');
  await addStaff('support');

  const addCustomer = (email: string, accountCurrency: string, profile: Profile, locale: Locale) =>
    inTransaction(db, async (trx) => {
      const customerId = await createCustomer(trx, beginning, { accountCurrency, profile });
      await createUser(trx, beginning, { email, passwordHash, locale, belongsTo: { customerId } });
      return customerId;
    });
  const addBookkeeper = (customerId: number) =>
    inTransaction(db, (trx) =>
      createUser(trx, beginning, {
        email: 'books@nordwind.example',
        passwordHash,
        belongsTo: { customerId, role: 'billing' },
      }),
    );
  const anna = await addCustomer('anna@kabinet.example', 'EUR', ANNA, 'en');
  const nordwind = await addCustomer('office@nordwind.example', 'USD', NORDWIND, 'en');
  await addBookkeeper(nordwind);
  const ivan = await addCustomer('ivan@kabinet.example', 'RUB', IVAN, 'ru');
  await addCustomer('new@kabinet.example', 'EUR', NOBODY, 'en');

  const play = (
    customerId: number,
    orders: ReturnType<typeof annasOrders>,
    topUpCurrencies: string[],
    amounts: string[],
  ) =>
    playHistory(db, clock, config, {
      customerId,
      staffUserId: billing,
      orders,
      topUpCurrencies,
      topUpAmounts: amounts,
    });
  await play(
    anna,
    annasOrders(today),
    ['EUR', 'EUR', 'USD', 'EUR', 'GBP', 'PLN'],
    ['200.00', '350.00', '500.00', '900.00'],
  );
  await play(nordwind, nordwindsOrders(today), ['USD', 'USD', 'EUR'], ['400.00', '800.00', '1500.00']);
  await play(ivan, ivansOrders(today), ['RUB'], ['5000.00', '12000.00', '20000.00']);
  // The past was told at its time.
  await keepMails(db);
  // Ivan came before a phone and an address were asked for.
  await updateProfile(db, ivan, { address: '', phone: '' });
}

/**
 * Each currency's figure from the bank that it is taken from (column `rate_source`), under the first day of the history
 * and under today, so that a trial begins with rates that are fresh; source and real date say what they are.
 */
async function seedRates(db: Db, clock: Clock, beginning: Clock) {
  for (const name of ['ecb-eurofxref-daily-2024-06-28.xml', 'cbr-XML_daily-2025-12-13.xml']) {
    const bytes = await fs.readFile(path.join(import.meta.dirname, 'rates', name));
    const { source, date, rates } = readRateFile(bytes, clock.today());
    const own = await db('currencies').where({ rate_source: source }).pluck<string[]>('code');
    const rows = rates
      .filter(({ currency }) => own.includes(currency))
      .flatMap(({ currency, rate }) =>
        [beginning, clock].map((at) => ({
          currency,
          rate: rate.toFixed(15),
          effective_on: at.today(),
          source: 'demo',
          published_on: date,
          recorded_at: at.now(),
        })),
      );
    await db('exchange_rates').insert(rows);
  }
}
