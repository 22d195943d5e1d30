import type { Clock } from '../../platform/clock.ts';
import type { Transaction } from '../../platform/db/database.ts';
import { insertRow } from '../../platform/db/insert-rows.ts';
import type { Locale } from '../../platform/i18n/locale.ts';
import type { StaffRole } from './user-queries.ts';

export interface NewUser {
  email: string;
  passwordHash: string;
  locale?: Locale;
  belongsTo: { customerId: number } | { staffRole: StaffRole };
}

/** Adds a user who can sign in: a customer's, or staff with a role. @returns the user's id */
export async function createUser(trx: Transaction, clock: Clock, user: NewUser): Promise<number> {
  const id = await insertRow(trx, 'users', {
    email: user.email,
    password_hash: user.passwordHash,
    locale: user.locale ?? 'en',
    customer_id: 'customerId' in user.belongsTo ? user.belongsTo.customerId : null,
    staff_role: 'staffRole' in user.belongsTo ? user.belongsTo.staffRole : null,
    created_at: clock.now(),
  });
  return id;
}
