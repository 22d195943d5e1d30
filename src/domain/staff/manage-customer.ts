import { randomUUID } from 'node:crypto';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { unlessTaken } from '../../platform/db/unique-violation.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import type { Locale } from '../../platform/i18n/locale.ts';
import { EmailTaken, NotFound } from '../errors.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { makeLink } from '../identity/account-links.ts';
import { isEmailTaken } from '../identity/email-taken.ts';
import { createUser } from '../identity/create-user.ts';
import { hashPassword } from '../identity/passwords.ts';
import { createCustomer } from '../customers/create-customer.ts';
import { type CustomerRow, toProfile, toProfileRow } from '../customers/customer-queries.ts';
import { PROFILE_FIELDS, type Profile } from '../customers/profile.ts';
import { enqueueUserMail } from '../notifications/enqueue-user-mail.ts';
import { sealedLink } from '../accounts/mail-link.ts';
import type { AccountServices } from '../accounts/register.ts';

export interface CustomerByStaff {
  by: number;
  email: string;
  kind: Profile['kind'];
  country: string;
  currency: string;
  locale: Locale;
  seller: string;
}

/**
 * Opens an account for somebody, who gets a link to choose a password; nobody else ever knows it.
 * @returns the customer's id
 * @throws {EmailTaken}
 */
export async function createCustomerByStaff(
  { db, clock, sealing }: AccountServices,
  { by, email, kind, country, currency, locale, seller }: CustomerByStaff,
): Promise<number> {
  const passwordHash = await hashPassword(randomUUID());
  return inTransaction(db, async (trx) => {
    if (await isEmailTaken(trx, clock, email)) throw new EmailTaken();
    const customerId = await createCustomer(trx, clock, { accountCurrency: currency, profile: { kind, country } });
    const belongsTo = { customerId };
    const newUser = { email, passwordHash, locale, confirmed: false, belongsTo };
    const userId = await unlessTaken(createUser(trx, clock, newUser), () => new EmailTaken());
    const token = await makeLink(trx, clock, { purpose: 'welcome', userId, email });
    const data = { account: seller, ...sealedLink(sealing, `/password-resets/${token}`) };
    await enqueueUserMail(trx, clock, { userId, kind: 'account_opened', data });
    await recordAudit(trx, clock, {
      userId: by,
      action: 'customer.created',
      subject: { type: 'customer', id: String(customerId) },
      customerId,
      details: { currency },
    });
    return customerId;
  });
}

/** Corrects the profile of a customer; what changed is kept with its reason. @throws {NotFound} */
export async function correctProfile(
  db: Db,
  clock: Clock,
  { by, customerId, profile, reason }: { by: number; customerId: number; profile: Partial<Profile>; reason: string },
): Promise<void> {
  await inTransaction(db, async (trx) => {
    const row = await trx<CustomerRow>('customers').where({ id: customerId }).forUpdate().first();
    if (!row) throw new NotFound();
    const before = toProfile(row);
    const changed = PROFILE_FIELDS.filter(
      ({ field }) => profile[field] !== undefined && profile[field] !== before[field],
    );
    const kind = profile.kind !== undefined && profile.kind !== before.kind ? profile.kind : undefined;
    if (changed.length === 0 && kind === undefined) return;
    await trx('customers').where({ id: customerId }).update(toProfileRow(profile));
    const values = (from: Partial<Profile>) => ({
      ...(kind !== undefined && { kind: from.kind }),
      ...Object.fromEntries(changed.map(({ field, name }) => [name, from[field]])),
    });
    await recordAudit(trx, clock, {
      userId: by,
      action: 'customer.profile_changed',
      subject: { type: 'customer', id: String(customerId) },
      customerId,
      reason,
      details: { before: values(before), after: values(profile) },
    });
  });
}

/** Blocks a customer: its members come in and see nothing but the text. Their orders go on. @throws {NotFound} */
export async function blockCustomer(
  db: Db,
  clock: Clock,
  { by, customerId, reason, text }: { by: number; customerId: number; reason: string; text: string },
): Promise<void> {
  await inTransaction(db, async (trx) => {
    const blocked = await trx('customers')
      .where({ id: customerId })
      .update({ blocked_at: clock.now(), block_reason: reason, block_text: text });
    if (blocked === 0) throw new NotFound();
    await recordAudit(trx, clock, {
      userId: by,
      action: 'customer.blocked',
      subject: { type: 'customer', id: String(customerId) },
      customerId,
      reason,
      details: { shown: text },
    });
  });
}

/** Takes a block back. @throws {NotFound} */
export async function unblockCustomer(
  db: Db,
  clock: Clock,
  { by, customerId, reason }: { by: number; customerId: number; reason: string },
): Promise<void> {
  await inTransaction(db, async (trx) => {
    const unblocked = await trx('customers')
      .where({ id: customerId })
      .update({ blocked_at: null, block_reason: '', block_text: '' });
    if (unblocked === 0) throw new NotFound();
    await recordAudit(trx, clock, {
      userId: by,
      action: 'customer.unblocked',
      subject: { type: 'customer', id: String(customerId) },
      customerId,
      reason,
    });
  });
}
