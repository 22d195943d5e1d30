import type { Db, Transaction } from '../../platform/db/database.ts';
import type { Locale } from '../../platform/i18n/locale.ts';
import type { Theme } from './user-queries.ts';

/** Stores a password's hash, made with today's parameters. */
export async function updatePasswordHash(db: Db, userId: number, passwordHash: string): Promise<void> {
  await db('users').where({ id: userId }).update({ password_hash: passwordHash });
}

/** Language and theme, kept with the user. */
export async function updateAppearance(
  db: Db | Transaction,
  userId: number,
  appearance: { locale?: Locale; theme?: Theme },
) {
  await db('users').where({ id: userId }).update(appearance);
}

/** Which optional columns the user's list of orders has (rule O1). */
export async function updateOrderColumns(db: Db, userId: number, columns: string[]): Promise<void> {
  await db('users').where({ id: userId }).update({ order_columns: columns });
}

/** The currency that equivalents are shown in, and the subjects that the member of a customer is mailed about. */
export async function updatePreferences(
  trx: Transaction,
  { userId, customerId }: { userId: number; customerId: number },
  { displayCurrency, notifications }: { displayCurrency: string | null; notifications: string[] },
): Promise<void> {
  await trx('users').where({ id: userId }).update({ display_currency: displayCurrency });
  await trx('memberships').where({ user_id: userId, customer_id: customerId }).update({ notifications });
}
