import type { Db, Transaction } from '../../platform/db/database.ts';
import type { Locale } from '../../platform/i18n/locale.ts';
import type { Theme } from './user-queries.ts';

/** Keeps the hash of a password, made with the parameters of today. */
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

/** In which currency the user thinks, and of what they are written to. */
export async function updatePreferences(
  db: Db,
  userId: number,
  { displayCurrency, notifications }: { displayCurrency: string | null; notifications: string[] },
): Promise<void> {
  await db('users').where({ id: userId }).update({ display_currency: displayCurrency, notifications });
}
