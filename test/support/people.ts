import { inTransaction } from '../../src/platform/db/transaction.ts';
import type { Locale } from '../../src/platform/i18n/locale.ts';
import { Money } from '../../src/domain/money/money.ts';
import { createUser } from '../../src/domain/identity/create-user.ts';
import { hashPassword } from '../../src/domain/identity/passwords.ts';
import type { ExtraRight, MemberRole } from '../../src/domain/identity/rights.ts';
import { createCustomer } from '../../src/domain/customers/create-customer.ts';
import type { Profile } from '../../src/domain/customers/profile.ts';
import { adjustBalance } from '../../src/domain/staff/adjust-balance.ts';
import type { Portal } from './portal.ts';
import { Visitor } from './visitor.ts';

export const PASSWORD = 'correct horse battery staple';

/** A profile in which nothing is missing. */
export const COMPLETE_PROFILE: Profile = {
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

interface NewCustomer {
  currency?: string;
  profile?: Partial<Profile>;
  locale?: Locale;
  balance?: string;
}

export type People = ReturnType<typeof peopleOf>;

/** Hashing takes long, and everybody has the same password. */
let passwordHash: Promise<string> | undefined;

/** Customers and staff of a portal, and their browsers. */
export function peopleOf({ db, clock, url }: Portal) {
  let added = 0;
  let adjuster: ReturnType<typeof addStaff> | undefined;

  async function addCustomer(wanted: NewCustomer = {}): Promise<TestCustomer> {
    const { currency = 'EUR', profile = {}, locale = 'en', balance } = wanted;
    passwordHash ??= hashPassword(PASSWORD);
    const hash = await passwordHash;
    const email = `customer${++added}@example.com`;
    const customerId = await inTransaction(db, async (trx) => {
      const id = await createCustomer(trx, clock, {
        accountCurrency: currency,
        profile: { ...COMPLETE_PROFILE, ...profile },
      });
      await createUser(trx, clock, { email, passwordHash: hash, locale, belongsTo: { customerId: id } });
      return id;
    });
    const customer = { customerId, email, currency };
    if (balance) await credit(customer, balance);
    return customer;
  }

  async function addStaff(role: string): Promise<{ userId: number; email: string }> {
    passwordHash ??= hashPassword(PASSWORD);
    const hash = await passwordHash;
    const email = `${role}${++added}@example.com`;
    const userId = await inTransaction(db, (trx) =>
      createUser(trx, clock, { email, passwordHash: hash, belongsTo: { staffRole: role } }),
    );
    return { userId, email };
  }

  /** Another member of a customer. */
  async function addMember(
    { customerId }: { customerId: number },
    role: MemberRole,
    rights: ExtraRight[] = [],
  ): Promise<{ userId: number; email: string }> {
    passwordHash ??= hashPassword(PASSWORD);
    const hash = await passwordHash;
    const email = `${role}${++added}@example.com`;
    const userId = await inTransaction(db, (trx) =>
      createUser(trx, clock, { email, passwordHash: hash, belongsTo: { customerId, role, rights } }),
    );
    return { userId, email };
  }

  /** Gives a customer money the way staff do. */
  async function credit({ customerId, currency }: TestCustomer, amount: string) {
    adjuster ??= addStaff('billing');
    const { userId } = await adjuster;
    const money = Money.of(amount, currency);
    await adjustBalance(db, clock, { customerId, userId, money, reason: 'For the test' });
  }

  /** The customer whom somebody was first made a member of. */
  async function customerIdOf(email: string): Promise<number> {
    const row = await db('memberships as m')
      .join('users as u', 'u.id', 'm.user_id')
      .where({ 'u.email': email })
      .orderBy('m.id')
      .first<{ customer_id: number }>('m.customer_id');
    return row.customer_id;
  }

  const visitor = () => new Visitor(url);

  async function signIn({ email }: { email: string }): Promise<Visitor> {
    const signedIn = visitor();
    await signedIn.signIn(email, PASSWORD);
    return signedIn;
  }

  return { addCustomer, addMember, addStaff, credit, customerIdOf, visitor, signIn };
}
