import type { Db } from '../../platform/db/database.ts';
import { WrongCredentials } from '../errors.ts';
import { hashPassword, needsRehash, verifyPassword } from './passwords.ts';
import type { Attempt, SignInThrottle } from './sign-in-throttle.ts';
import { updatePasswordHash } from './update-user.ts';
import { findCredentials } from './user-queries.ts';

export interface SignInAttempt extends Attempt {
  password: string;
}

/**
 * Checks e-mail and password; the result takes the same time whether or not a user has that e-mail.
 * @returns the user's id
 * @throws {WrongCredentials} @throws {TooManyAttempts}
 */
export async function signIn(db: Db, throttle: SignInThrottle, attempt: SignInAttempt): Promise<number> {
  const { email, password } = attempt;
  await throttle.admit(attempt);
  const credentials = await findCredentials(db, email);
  const matches = await verifyPassword(password, credentials?.passwordHash ?? null);
  if (!credentials || !matches || credentials.disabled) throw new WrongCredentials();
  await throttle.recordSuccess(attempt);
  if (needsRehash(credentials.passwordHash)) await updatePasswordHash(db, credentials.id, await hashPassword(password));
  return credentials.id;
}
