import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import pg from 'pg';
import pino from 'pino';
import { inject } from 'vitest';
import { addDays, type Clock, type Day, dayOf } from '../../src/platform/clock.ts';
import { type Config, parseConfig } from '../../src/platform/config.ts';
import { DatabaseHealth } from '../../src/platform/db/database-health.ts';
import { connect, type Db } from '../../src/platform/db/database.ts';
import { migrate } from '../../src/platform/db/migrate.ts';
import { inTransaction } from '../../src/platform/db/transaction.ts';
import type { Locale } from '../../src/platform/i18n/locale.ts';
import type { Jobs } from '../../src/platform/jobs/jobs.ts';
import { Money } from '../../src/domain/money/money.ts';
import { createUser } from '../../src/domain/identity/create-user.ts';
import { hashPassword } from '../../src/domain/identity/passwords.ts';
import type { StaffRole } from '../../src/domain/identity/user-queries.ts';
import { createCustomer } from '../../src/domain/customers/create-customer.ts';
import type { Profile } from '../../src/domain/customers/profile.ts';
import { SANDBOX } from '../../src/domain/gateways/sandbox.ts';
import { activateOrder } from '../../src/domain/orders/activate-order.ts';
import { placeOrder } from '../../src/domain/orders/place-order.ts';
import { issueRenewalInvoice } from '../../src/domain/renewals/issue-renewal-invoice.ts';
import { createTopUp } from '../../src/domain/payments/create-top-up.ts';
import { payInvoices } from '../../src/domain/payments/pay-invoices.ts';
import { startPayment } from '../../src/domain/payments/start-payment.ts';
import { runBilling } from '../../src/domain/billing/run-billing.ts';
import { adjustBalance } from '../../src/domain/staff/adjust-balance.ts';
import type { Services } from '../../src/web/request-context.ts';
import { createServices } from '../../src/services.ts';
import { type App, createApp } from '../../src/app.ts';
import { seedCatalogue } from '../../seeds/catalogue.ts';
import { TEMPLATE } from './global-setup.ts';
import { Visitor } from './visitor.ts';

export const PASSWORD = 'correct horse battery staple';
export const SANDBOX_SECRET = 'a sandbox secret for the tests';
/** Any day will do, as long as it is always the same. */
export const NOW = '2026-03-10T12:00:00Z';

/** A clock that tests move. */
export class TestClock implements Clock {
  #now: Date;
  readonly timeZone: string;
  constructor(moment: string, timeZone: string) {
    this.#now = new Date(moment);
    this.timeZone = timeZone;
  }
  now() {
    return new Date(this.#now);
  }
  today() {
    return dayOf(this.#now, this.timeZone);
  }
  set(moment: string) {
    this.#now = new Date(moment);
  }
  advanceMinutes(minutes: number) {
    this.#now = new Date(this.#now.getTime() + minutes * 60_000);
  }
}

const COMPLETE: Profile = {
  kind: 'person',
  firstName: 'Anna',
  lastName: 'Kowalska',
  companyName: '',
  registrationNumber: '',
  vatNumber: '',
  country: 'PL',
  city: 'Warszawa',
  address: 'ul. Prosta 1',
  postalCode: '00-001',
  phone: '+48 22 555 01 23',
};

export interface TestCustomer {
  customerId: number;
  email: string;
  currency: string;
}

export interface WorldOptions {
  environment?: Record<string, string>;
  /** How many connections may be open at once. */
  pool?: number;
}

let passwordHash: Promise<string> | undefined;

/** What pages ask the worker for is done at once. */
const jobsAtOnce = (db: Db, clock: Clock, { seller }: Config): Jobs => ({
  async send(_trx, job, data) {
    if (job !== 'billing') throw new Error(`No page asks for ${job}`);
    await runBilling(db, clock, seller, { ...(data as { day: Day; userId: number }), startedBy: 'staff' });
  },
  close: async () => {},
});

/** A database of its own and the whole application on it, listening: what a test file works with. */
export class World {
  readonly clock: TestClock;
  readonly db: Db;
  readonly owner: Db;
  readonly config: Config;
  readonly services: Services;
  readonly app: App;
  readonly server: Server;
  readonly url: string;
  readonly databaseUrl: string;
  readonly logged: Record<string, unknown>[];
  /** The database's name, and its owner's address. */
  readonly database: string;
  readonly ownerUrl: string;
  #people = 0;

  private constructor(
    parts: Pick<World, 'clock' | 'db' | 'owner' | 'config' | 'services' | 'app' | 'server' | 'databaseUrl' | 'logged'>,
    database: string,
  ) {
    this.clock = parts.clock;
    this.db = parts.db;
    this.owner = parts.owner;
    this.config = parts.config;
    this.services = parts.services;
    this.app = parts.app;
    this.server = parts.server;
    this.databaseUrl = parts.databaseUrl;
    this.logged = parts.logged;
    this.url = `http://127.0.0.1:${(parts.server.address() as { port: number }).port}`;
    this.database = database;
    this.ownerUrl = inject('postgres').owner + database;
  }

  static async create({ environment = {}, pool = 10 }: WorldOptions = {}): Promise<World> {
    const { owner: ownerUrl, application } = inject('postgres');
    const database = `test_${randomBytes(6).toString('hex')}`;
    await administer(`create database ${database} template ${TEMPLATE}`);
    const databaseUrl = application + database;
    // What is granted on the database itself is not cloned.
    await migrate(ownerUrl + database, databaseUrl);
    const db = connect(databaseUrl, { pool });
    const owner = connect(ownerUrl + database, { pool: 2 });
    const config = parseConfig({ NODE_ENV: 'test', SEED_DEMO: 'false', ...environment });
    const clock = new TestClock(NOW, config.timeZone);
    const logged: Record<string, unknown>[] = [];
    const log = pino({ level: 'info' }, { write: (line: string) => void logged.push(JSON.parse(line)) });
    const health = new DatabaseHealth(databaseUrl, log);
    const sessionSecret = 'a session secret for the tests';
    const jobs = jobsAtOnce(db, clock, config);
    const parts = { config, clock, db, databaseUrl, health, log, jobs };
    const services = await createServices({ ...parts, sessionSecret, sandboxSecret: SANDBOX_SECRET });
    const app = createApp(services, { databaseUrl, sessionSecret });
    const server = await new Promise<Server>((resolve) => {
      const listening = app.express.listen(0, '127.0.0.1', () => resolve(listening));
    });
    const world = new World({ clock, db, owner, config, services, app, server, databaseUrl, logged }, database);
    await inTransaction(db, (trx) => seedCatalogue(trx));
    return world;
  }

  async close() {
    await new Promise((resolve) => {
      this.server.close(resolve);
      this.server.closeAllConnections();
    });
    await this.app.close();
    await this.services.health.close();
    await this.db.destroy();
    await this.owner.destroy();
    await administer(`drop database ${this.database} with (force)`);
  }

  /** Rates for one EUR, as if a bank had published them. */
  async storeRates(rates: Record<string, string>, effectiveOn = this.clock.today(), source = 'manual') {
    await this.db('exchange_rates').insert(
      Object.entries(rates).map(([currency, rate]) => ({
        currency,
        rate,
        effective_on: effectiveOn,
        source,
        recorded_at: this.clock.now(),
      })),
    );
  }

  async addCustomer({
    currency = 'EUR',
    profile = {},
    locale = 'en',
    balance,
  }: {
    currency?: string;
    profile?: Partial<Profile>;
    locale?: Locale;
    balance?: string;
  } = {}): Promise<TestCustomer> {
    passwordHash ??= hashPassword(PASSWORD);
    const hash = await passwordHash;
    const email = `customer${++this.#people}@example.com`;
    const customerId = await inTransaction(this.db, async (trx) => {
      const id = await createCustomer(trx, this.clock, {
        accountCurrency: currency,
        profile: { ...COMPLETE, ...profile },
      });
      await createUser(trx, this.clock, { email, passwordHash: hash, locale, belongsTo: { customerId: id } });
      return id;
    });
    const customer = { customerId, email, currency };
    if (balance) await this.credit(customer, balance);
    return customer;
  }

  async addStaff(role: StaffRole): Promise<{ userId: number; email: string }> {
    passwordHash ??= hashPassword(PASSWORD);
    const hash = await passwordHash;
    const email = `${role}${++this.#people}@example.com`;
    const userId = await inTransaction(this.db, (trx) =>
      createUser(trx, this.clock, { email, passwordHash: hash, belongsTo: { staffRole: role } }),
    );
    return { userId, email };
  }

  #adjuster: Promise<{ userId: number }> | undefined;
  /** Gives a customer money the way staff do. */
  async credit({ customerId, currency }: TestCustomer, amount: string) {
    this.#adjuster ??= this.addStaff('billing');
    const { userId } = await this.#adjuster;
    await adjustBalance(this.db, this.clock, {
      customerId,
      userId,
      money: Money.of(amount, currency),
      reason: 'For the test',
    });
  }

  async placeOrder(
    { customerId }: TestCustomer,
    order: Partial<{
      plan: string;
      months: number;
      hostname: string;
      serviceName: string;
      comment: string;
      options: string[];
    }> = {},
  ) {
    return placeOrder(this.db, this.clock, this.config.seller, {
      customerId,
      plan: 'vps-2',
      months: 1,
      hostname: 'web.example.com',
      os: 'debian-13',
      ...order,
    });
  }

  pay({ customerId }: TestCustomer, ...invoiceIds: number[]) {
    return payInvoices(this.db, this.clock, { customerId, userId: null, invoiceIds });
  }

  #addresses = 0;
  /** An order in service since today, paid for with money given for it. */
  async addActiveOrder(
    customer: TestCustomer,
    order: Parameters<World['placeOrder']>[1] = {},
    ip?: string,
  ): Promise<number> {
    const { orderId, invoice } = await this.placeOrder(customer, order);
    const { total } = await this.db('invoices').where({ id: invoice.id }).first('total');
    await this.credit(customer, total);
    await this.pay(customer, invoice.id);
    this.#addresses += 1;
    await inTransaction(this.db, (trx) =>
      activateOrder(trx, this.clock, {
        customerId: customer.customerId,
        orderId,
        ip: ip ?? `10.0.${this.#addresses >> 8}.${this.#addresses & 255}`,
      }),
    );
    return orderId;
  }

  async issueRenewal({ customerId }: TestCustomer, orderId: number): Promise<{ id: number; number: string }> {
    return inTransaction(this.db, (trx) =>
      issueRenewalInvoice(trx, this.clock, this.config.seller, { customerId, renewals: [{ orderId }] }),
    );
  }

  /** A top-up whose payment has been started at the sandbox gateway. */
  async startTopUp({ customerId }: TestCustomer, amount: string, currency: string) {
    const invoice = await createTopUp(this.db, this.clock, this.config, {
      customerId,
      pay: Money.of(amount, currency),
    });
    const started = await startPayment(this.db, this.clock, this.config, {
      customerId,
      invoiceId: invoice.id,
      gateway: SANDBOX,
    });
    if (started.outcome !== 'started') throw new Error('The quote has run out');
    return { invoiceId: invoice.id, reference: started.reference, money: Money.of(amount, currency) };
  }

  /** The stored balance, as decimal text. */
  async balanceOf({ customerId }: TestCustomer): Promise<string> {
    const row = await this.db('ledger_accounts')
      .where({ kind: 'customer_balance', customer_id: customerId })
      .first('balance');
    return row.balance;
  }

  /** Opens every connection of the pool, so that what a test then starts at once does run at once. */
  async openConnections() {
    const opened = await Promise.all(
      Array.from(
        { length: this.db.client.pool.max as number },
        () => this.db.client.acquireConnection() as Promise<unknown>,
      ),
    );
    await Promise.all(opened.map((connection) => this.db.client.releaseConnection(connection) as Promise<void>));
  }

  order = (id: number) => this.db('orders').where({ id }).first();
  invoice = (id: number) => this.db('invoices').where({ id }).first();

  daysFromToday = (days: number) => addDays(this.clock.today(), days);

  visitor = () => new Visitor(this.url);

  async signIn({ email }: { email: string }): Promise<Visitor> {
    const visitor = this.visitor();
    await visitor.signIn(email, PASSWORD);
    return visitor;
  }
}

async function administer(sql: string) {
  const client = new pg.Client({ connectionString: `${inject('postgres').owner}postgres` });
  await client.connect();
  await client.query(sql);
  await client.end();
}
