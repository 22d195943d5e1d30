import type { Db, Transaction } from '../../platform/db/database.ts';
import { toProfileRow } from './customer-queries.ts';
import type { Profile } from './profile.ts';

/** Changes the given fields of a customer's profile; invoices issued before keep the old values. */
export async function updateProfile(db: Db, customerId: number, profile: Partial<Profile>): Promise<void> {
  const row = toProfileRow(profile);
  if (Object.keys(row).length === 0) return;
  await db('customers').where({ id: customerId }).update(row);
}

/** Switches auto-renewal for the account as a whole. */
export async function setAutoRenewal(db: Db | Transaction, customerId: number, enabled: boolean): Promise<void> {
  await db('customers').where({ id: customerId }).update({ auto_renewal: enabled });
}
