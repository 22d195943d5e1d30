import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import type { Sealing } from '../../platform/sealing.ts';
import { WrongCode } from '../errors.ts';
import type { Visit } from '../identity/browser.ts';
import {
  findSecondFactor,
  isAppCode,
  keepSecondFactor,
  removeSecondFactor,
  renewRecoveryCodes,
  useCode,
} from '../identity/second-factor.ts';
import { recordSignIn } from '../identity/sign-in-history.ts';
import type { SignInThrottle } from '../identity/sign-in-throttle.ts';
import { stepOfCode } from '../identity/totp.ts';
import { enqueueUserMail } from '../notifications/enqueue-user-mail.ts';

/** What proves and changes second factors. */
export interface Factors {
  db: Db;
  clock: Clock;
  sealing: Sealing;
  throttle: SignInThrottle;
}

/** Whose second factor it is, and where they are. */
export interface FactorOwner {
  userId: number;
  visit: Visit;
}

/**
 * Looks at a code, of the app or for recovery, and uses it up; a recovery code is reported to its owner.
 * @throws {WrongCode} @throws {TooManyAttempts}
 */
export async function proveSecondFactor(
  { db, clock, sealing, throttle }: Factors,
  { userId, visit, code }: FactorOwner & { code: string },
): Promise<'app' | 'recovery'> {
  // Whoever guesses at codes of the app does not keep the owner from a recovery code.
  if (isAppCode(code)) await throttle.admitCode(userId);
  const kind = await inTransaction(db, async (trx) => {
    const used = await useCode(trx, clock, sealing, { userId, code });
    if (used !== 'recovery') return used;
    const factor = await findSecondFactor(trx, userId);
    await enqueueUserMail(trx, clock, {
      userId,
      kind: 'recovery_code_used',
      visit,
      data: { codes_left: factor?.codesLeft ?? 0 },
    });
    return used;
  });
  if (!kind) {
    await recordSignIn(db, clock, { userId, outcome: 'wrong_code', method: 'password_code', ...visit });
    throw new WrongCode();
  }
  await throttle.recordRightCode(userId);
  return kind;
}

/**
 * Turns the second factor on, or replaces it, once a code shows that the app has the secret.
 * @returns the recovery codes
 * @throws {WrongCode} @throws {TooManyAttempts}
 */
export async function turnSecondFactorOn(
  { db, clock, sealing, throttle }: Factors,
  { userId, visit, secret, code }: FactorOwner & { secret: string; code: string },
): Promise<string[]> {
  await throttle.admitCode(userId);
  const step = stepOfCode(secret, code.replace(/\s/g, ''), clock.now());
  if (step === null) throw new WrongCode();
  const codes = await inTransaction(db, async (trx) => {
    const made = await keepSecondFactor(trx, clock, sealing, { userId, secret, step });
    await enqueueUserMail(trx, clock, { userId, kind: 'second_factor_on', visit });
    return made;
  });
  await throttle.recordRightCode(userId);
  return codes;
}

/** Turns the second factor off. */
export async function turnSecondFactorOff({ db, clock }: Factors, { userId, visit }: FactorOwner): Promise<void> {
  await inTransaction(db, async (trx) => {
    await removeSecondFactor(trx, userId);
    await enqueueUserMail(trx, clock, { userId, kind: 'second_factor_off', visit });
  });
}

/** Makes new recovery codes; the old ones are worth nothing any more. @returns the codes */
export function makeRecoveryCodes({ db, clock }: Factors, { userId, visit }: FactorOwner): Promise<string[]> {
  return inTransaction(db, async (trx) => {
    const codes = await renewRecoveryCodes(trx, clock, userId);
    await enqueueUserMail(trx, clock, { userId, kind: 'recovery_codes_made', visit });
    return codes;
  });
}
