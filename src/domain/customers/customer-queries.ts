import type { Db, Transaction } from '../../platform/db/database.ts';
import { NotFound, ProfileIncomplete } from '../errors.ts';
import { missingFields, type Profile } from './profile.ts';

export interface Customer extends Profile {
  id: number;
  accountCurrency: string;
  autoRenewal: boolean;
  createdAt: Date;
}

export interface ProfileRow {
  kind: 'person' | 'company';
  first_name: string;
  last_name: string;
  company_name: string;
  registration_number: string;
  vat_number: string;
  country: string;
  city: string;
  address: string;
  postal_code: string;
  phone: string;
}

interface CustomerRow extends ProfileRow {
  id: number;
  account_currency: string;
  auto_renewal: boolean;
  created_at: Date;
}

export const toProfile = (row: ProfileRow): Profile => ({
  kind: row.kind,
  firstName: row.first_name,
  lastName: row.last_name,
  companyName: row.company_name,
  registrationNumber: row.registration_number,
  vatNumber: row.vat_number,
  country: row.country,
  city: row.city,
  address: row.address,
  postalCode: row.postal_code,
  phone: row.phone,
});

const toCustomer = (row: CustomerRow): Customer => ({
  ...toProfile(row),
  id: row.id,
  accountCurrency: row.account_currency,
  autoRenewal: row.auto_renewal,
  createdAt: row.created_at,
});

/** Maps a profile's fields to the columns of the table; those that are left out are undefined. */
export const toProfileRow = (profile: Partial<Profile>) => ({
  kind: profile.kind,
  first_name: profile.firstName,
  last_name: profile.lastName,
  company_name: profile.companyName,
  registration_number: profile.registrationNumber,
  vat_number: profile.vatNumber,
  country: profile.country,
  city: profile.city,
  address: profile.address,
  postal_code: profile.postalCode,
  phone: profile.phone,
});

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
  const fields = missingFields(customer);
  if (fields.length > 0) throw new ProfileIncomplete({ fields });
  return customer;
}
