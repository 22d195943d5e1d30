import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import type { Locale } from '../../platform/i18n/locale.ts';
import { NotFound } from '../errors.ts';

/** An address that gets a customer's invoices, without a user. */
export interface BillingContact {
  id: number;
  email: string;
  locale: Locale;
}

export const listBillingContacts = (db: Db, customerId: number): Promise<BillingContact[]> =>
  db('billing_contacts').where({ customer_id: customerId }).orderBy('id').select('id', 'email', 'locale');

/** More are not kept. */
export const MOST_BILLING_CONTACTS = 10;

/** Adds an address; one that is there stays as it is, and one too many is not added. */
export async function addBillingContact(
  db: Db,
  clock: Clock,
  { customerId, email, locale }: { customerId: number; email: string; locale: Locale },
): Promise<void> {
  await db.raw(
    `insert into billing_contacts (customer_id, email, locale, added_at)
     select :customerId, :email, :locale, :now
     where (select count(*) from billing_contacts where customer_id = :customerId) < :most
     on conflict (customer_id, email) do nothing`,
    { customerId, email, locale, now: clock.now(), most: MOST_BILLING_CONTACTS },
  );
}

/** @throws {NotFound} when it is another customer's */
export async function removeBillingContact(
  db: Db,
  { customerId, id }: { customerId: number; id: number },
): Promise<void> {
  if ((await db('billing_contacts').where({ id, customer_id: customerId }).delete()) === 0) throw new NotFound();
}
