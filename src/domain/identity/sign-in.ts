import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { WrongCredentials } from '../errors.ts';
import type { Visit } from './browser.ts';
import { hashPassword, needsRehash, verifyPassword } from './passwords.ts';
import { recordSignIn, type SignInOutcome } from './sign-in-history.ts';
import type { Attempt, SignInThrottle } from './sign-in-throttle.ts';
import { updatePasswordHash } from './update-user.ts';
import { findCredentials } from './user-queries.ts';

export interface SignInAttempt extends Attempt, Visit {
  password: string;
}

/** Who has shown the right e-mail and password. */
export interface KnownPerson {
  userId: number;
  email: string;
  isStaff: boolean;
  /** The password alone is not enough. */
  hasFactor: boolean;
}

/**
 * Checks e-mail and password; the result takes the same time whether or not a user has that e-mail. What went wrong is
 * kept in the history; what went well is for the caller to keep, who may ask for more.
 * @throws {WrongCredentials} @throws {TooManyAttempts}
 */
export async function signIn(
  db: Db,
  clock: Clock,
  throttle: SignInThrottle,
  attempt: SignInAttempt,
): Promise<KnownPerson> {
  const { email, password, address, userAgent } = attempt;
  await throttle.admit(attempt);
  const credentials = await findCredentials(db, email);
  const matches = await verifyPassword(password, credentials?.passwordHash ?? null);
  if (!credentials || !matches || credentials.disabled) {
    const userId = credentials?.id ?? null;
    const outcome: SignInOutcome = matches ? 'refused' : 'wrong_password';
    await recordSignIn(db, clock, { userId, outcome, method: 'password', address, userAgent });
    throw new WrongCredentials();
  }
  await throttle.recordSuccess(attempt);
  if (needsRehash(credentials.passwordHash)) await updatePasswordHash(db, credentials.id, await hashPassword(password));
  const { id, isStaff, hasFactor } = credentials;
  return { userId: id, email: credentials.email, isStaff, hasFactor };
}
