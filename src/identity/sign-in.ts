import type { Db } from '../db/database.ts';
import { WrongCredentials } from '../errors.ts';
import { hashPassword, needsRehash, verifyPassword } from './passwords.ts';
import type { SignInThrottle } from './sign-in-throttle.ts';
import { findCredentials, updatePasswordHash } from './user-queries.ts';

export interface SignInAttempt {
  email: string;
  password: string;
  address: string;
}

/**
 * Checks e-mail and password; the same answer in the same time whether or not anybody has that e-mail.
 * @returns the user's id
 * @throws {WrongCredentials} @throws {TooManyAttempts}
 */
export async function signIn(
  db: Db,
  throttle: SignInThrottle,
  { email, password, address }: SignInAttempt,
): Promise<number> {
  await throttle.admit(email, address);
  const credentials = await findCredentials(db, email);
  const matches = await verifyPassword(password, credentials?.passwordHash ?? null);
  if (!credentials || !matches || credentials.disabled) throw new WrongCredentials();
  await throttle.recordSuccess(email, address);
  if (needsRehash(credentials.passwordHash))
    await updatePasswordHash(db, credentials.id, await hashPassword(password));
  return credentials.id;
}
