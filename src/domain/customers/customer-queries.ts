import type { Db, Transaction } from '../../platform/db/database.ts';
import { NotFound, ProfileIncomplete } from '../errors.ts';
import { missingFields, PROFILE_FIELDS, type Profile, type ProfileFieldName } from './profile.ts';

export type Customer = Profile & {
  id: number;
  accountCurrency: string;
  autoRenewal: boolean;
  createdAt: Date;
};

export type ProfileRow = Pick<Profile, 'kind'> & Record<ProfileFieldName, string>;

export type CustomerRow = ProfileRow & {
  id: number;
  account_currency: string;
  auto_renewal: boolean;
  created_at: Date;
};

/** Maps the columns of the table to the words of the code. */
export function toProfile(row: ProfileRow): Profile {
  const profile: Partial<Profile> = { kind: row.kind };
  for (const { field, name } of PROFILE_FIELDS) profile[field] = row[name];
  return profile as Profile;
}

export const toCustomer = (row: CustomerRow): Customer => ({
  ...toProfile(row),
  id: row.id,
  accountCurrency: row.account_currency,
  autoRenewal: row.auto_renewal,
  createdAt: row.created_at,
});

/** Maps the words of the code to the columns of the table; only what is given. */
export function toProfileRow(profile: Partial<Profile>): Partial<ProfileRow> {
  const row: Partial<ProfileRow> = profile.kind === undefined ? {} : { kind: profile.kind };
  for (const { field, name } of PROFILE_FIELDS) {
    const value = profile[field];
    if (value !== undefined) row[name] = value;
  }
  return row;
}

/** @throws {NotFound} */
export async function getCustomer(db: Db | Transaction, customerId: number): Promise<Customer> {
  const row = await db<CustomerRow>('customers').where({ id: customerId }).first();
  if (!row) throw new NotFound();
  return toCustomer(row);
}

/**
 * Called before every way of paying (rule P1): reads the profile and locks it (FOR SHARE) until the payment's
 * transaction ends.
 * @throws {ProfileIncomplete} with the missing fields
 */
export async function getPayingCustomer(trx: Transaction, customerId: number): Promise<Customer> {
  const row = await trx<CustomerRow>('customers').where({ id: customerId }).forShare().first();
  if (!row) throw new NotFound();
  const customer = toCustomer(row);
  assertProfileComplete(customer);
  return customer;
}

/** @throws {ProfileIncomplete} with the missing fields */
export function assertProfileComplete(customer: Customer): void {
  const fields = missingFields(customer);
  if (fields.length > 0) throw new ProfileIncomplete({ fields });
}
