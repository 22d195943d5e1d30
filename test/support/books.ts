import { systemClock } from '../../src/platform/clock.ts';
import { parseConfig } from '../../src/platform/config.ts';
import { connect, type Db } from '../../src/platform/db/database.ts';
import { inTransaction } from '../../src/platform/db/transaction.ts';
import { Money } from '../../src/domain/money/money.ts';
import { verifyInvariants } from '../../src/domain/audit/verify-invariants.ts';
import { createUser } from '../../src/domain/identity/create-user.ts';
import { hashPassword } from '../../src/domain/identity/passwords.ts';
import { createCustomer } from '../../src/domain/customers/create-customer.ts';
import { SANDBOX } from '../../src/domain/gateways/sandbox.ts';
import { placeOrder } from '../../src/domain/orders/place-order.ts';
import { createTopUp } from '../../src/domain/payments/create-top-up.ts';
import { startPayment } from '../../src/domain/payments/start-payment.ts';
import { adjustBalance } from '../../src/domain/staff/adjust-balance.ts';
import { seedCatalogue } from '../../seeds/catalogue.ts';
import type { Installation } from './installation.ts';
import { COMPLETE_PROFILE } from './people.ts';

export const PAYER = { email: 'payer@installation.example', password: 'a customer of the tests' };
const CURRENCY = 'EUR';
const clock = systemClock('UTC');
const config = parseConfig({ NODE_ENV: 'test' });

/** A customer with orders and payments in the database of an installation, by the application's own commands. */
export class Books {
  readonly db: Db;
  readonly #customerId: number;
  readonly #staffId: number;

  private constructor(db: Db, customerId: number, staffId: number) {
    this.db = db;
    this.#customerId = customerId;
    this.#staffId = staffId;
  }

  /** The installation must have been started once, so that it has its administrator. */
  static async open(installation: Installation): Promise<Books> {
    const db = connect(installation.applicationUrl(), { pool: 8, applicationName: 'test' });
    const passwordHash = await hashPassword(PAYER.password);
    const customerId = await inTransaction(db, async (trx) => {
      await seedCatalogue(trx);
      const id = await createCustomer(trx, clock, { accountCurrency: CURRENCY, profile: COMPLETE_PROFILE });
      await createUser(trx, clock, {
        email: PAYER.email,
        passwordHash,
        locale: 'en',
        belongsTo: { customerId: id },
      });
      return id;
    });
    const { id: staffId } = await db('users').whereNotNull('staff_role').first('id');
    return new Books(db, customerId, staffId);
  }

  async credit(amount: string): Promise<void> {
    await adjustBalance(this.db, clock, {
      customerId: this.#customerId,
      userId: this.#staffId,
      money: Money.of(amount, CURRENCY),
      reason: 'For the test',
    });
  }

  /** An order of the plan that costs 5.00. @returns its invoice */
  async placeOrder(): Promise<number> {
    const { invoice } = await placeOrder(this.db, clock, config.seller, {
      customerId: this.#customerId,
      plan: 'vps-1',
      months: 1,
      hostname: 'web.example.com',
      os: 'debian-13',
    });
    return invoice.id;
  }

  /** @returns the reference of its payment at the sandbox bank */
  async startTopUp(amount: string): Promise<string> {
    const { id: invoiceId } = await createTopUp(this.db, clock, config, {
      customerId: this.#customerId,
      pay: Money.of(amount, CURRENCY),
    });
    const payment = { customerId: this.#customerId, invoiceId, gateway: SANDBOX };
    const started = await startPayment(this.db, clock, config, payment);
    if (started.outcome !== 'started') throw new Error('The quote has run out');
    return started.reference;
  }

  async balance(): Promise<string> {
    const account = { kind: 'customer_balance', customer_id: this.#customerId };
    return (await this.db('ledger_accounts').where(account).first('balance')).balance;
  }

  async broken(): Promise<string[]> {
    const verdicts = await verifyInvariants(this.db);
    return verdicts.filter(({ offenders }) => offenders.length > 0).map(({ name }) => name);
  }

  close = () => this.db.destroy();
}
