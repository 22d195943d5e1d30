import { randomUUID } from 'node:crypto';
import type { Clock } from '../../platform/clock.ts';
import type { Db, Transaction } from '../../platform/db/database.ts';
import { isUniqueViolation } from '../../platform/db/unique-violation.ts';
import { inTransaction, inVain } from '../../platform/db/transaction.ts';
import type { Locale } from '../../platform/i18n/locale.ts';
import type { Sealing } from '../../platform/sealing.ts';
import type { Visit } from '../identity/browser.ts';
import { makeLink } from '../identity/account-links.ts';
import { isEmailTaken } from '../identity/email-taken.ts';
import { createUser } from '../identity/create-user.ts';
import type { PasswordRules } from '../identity/password-policy.ts';
import { hashPassword } from '../identity/passwords.ts';
import { createCustomer } from '../customers/create-customer.ts';
import type { Profile } from '../customers/profile.ts';
import { enqueueAddressMail } from '../notifications/enqueue-user-mail.ts';
import { assertGoodPassword } from './change-password.ts';
import { sealedLink } from './mail-link.ts';

export interface Registration {
  email: string;
  password: string;
  rules: PasswordRules;
  kind: Profile['kind'];
  country: string;
  currency: string;
  locale: Locale;
  /** What was agreed to; null where nothing is asked. */
  terms: { url: string; version: string } | null;
  /** Where the person was going. */
  next: string;
  visit: Visit;
}

/** What a command on accounts works with. */
export interface AccountServices {
  db: Db;
  clock: Clock;
  sealing: Sealing;
}

/** Days after which an account that nobody confirmed is removed. */
const UNCONFIRMED_DAYS = 30;

/**
 * Opens an account, not confirmed yet, and writes to its address; where there is an account with that e-mail already,
 * nothing is changed and its owner is written to. Both do the same work, so that nobody can tell them apart by time.
 * @throws {PasswordWeak}
 */
export async function register({ db, clock, sealing }: AccountServices, registration: Registration): Promise<void> {
  const { email, password, rules, locale, next } = registration;
  await assertGoodPassword(password, rules);
  const passwordHash = await hashPassword(password);
  await inTransaction(db, async (trx) => {
    const userId = await openUnlessKnown(trx, clock, registration, passwordHash);
    const token = await makeLink(trx, clock, { purpose: 'confirm_email', userId, email, next });
    const data = sealedLink(sealing, userId === null ? '/login' : `/email-confirmations/${token}`);
    const kind = userId === null ? 'already_registered' : 'confirm_email';
    await enqueueAddressMail(trx, clock, { kind, recipient: email, locale, userId, data });
  });
}

/** @returns the new user's id; null where the e-mail is somebody's */
async function openUnlessKnown(
  trx: Transaction,
  clock: Clock,
  registration: Registration,
  passwordHash: string,
): Promise<number | null> {
  if (await isEmailTaken(trx, clock, registration.email)) {
    const nobody = { ...registration, email: `${randomUUID()}@invalid` };
    await inVain(trx, (inner) => openAccount(inner, clock, nobody, passwordHash));
    return null;
  }
  try {
    return await trx.transaction((inner) => openAccount(inner, clock, registration, passwordHash));
  } catch (error) {
    // Somebody registered with the same e-mail at the same moment.
    if (isUniqueViolation(error)) return null;
    throw error;
  }
}

async function openAccount(
  trx: Transaction,
  clock: Clock,
  { email, kind, country, currency, locale, terms, visit }: Registration,
  passwordHash: string,
): Promise<number> {
  const customerId = await createCustomer(trx, clock, { accountCurrency: currency, profile: { kind, country } });
  const userId = await createUser(trx, clock, {
    email,
    passwordHash,
    locale,
    confirmed: false,
    confirmBy: new Date(clock.now().getTime() + UNCONFIRMED_DAYS * 86_400_000),
    belongsTo: { customerId },
  });
  if (terms)
    await trx('terms_consents').insert({
      user_id: userId,
      url: terms.url,
      version: terms.version,
      at: clock.now(),
      address: visit.address || null,
    });
  return userId;
}

/** Removes accounts that nobody confirmed and that nothing refers to. @returns how many */
export async function removeUnconfirmedAccounts(db: Db, clock: Clock): Promise<number> {
  const { rows } = await db.raw<{ rows: { removed: number }[] }>('select remove_unconfirmed_accounts(?) as removed', [
    clock.now(),
  ]);
  return rows[0]?.removed ?? 0;
}
