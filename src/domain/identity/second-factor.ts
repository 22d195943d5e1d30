import { randomBytes } from 'node:crypto';
import type { Clock } from '../../platform/clock.ts';
import type { Db, Transaction } from '../../platform/db/database.ts';
import { insertRows } from '../../platform/db/insert-rows.ts';
import type { Sealing } from '../../platform/sealing.ts';
import { hashOf } from '../../platform/tokens.ts';
import { stepOfCode } from './totp.ts';

/** What the secrets of apps are sealed for. */
const TOTP_SECRET = 'totp secret';

export const RECOVERY_CODES = 10;
/** From so few on they are running out. */
export const FEW_RECOVERY_CODES = 3;
/** Without letters that look like others (Crockford's base32); 24 of them are 120 bits. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const CODE_LENGTH = 24;

/** How a user's second factor stands. */
export interface SecondFactor {
  since: Date;
  codesLeft: number;
  codesUsedAt: Date | null;
}

/** Null without one. */
export async function findSecondFactor(db: Db | Transaction, userId: number): Promise<SecondFactor | null> {
  const row = await db('totp_factors')
    .where({ user_id: userId })
    .first<{ since: Date; left: number; used_at: Date | null } | undefined>(
      'since',
      db.raw(
        '(select count(*) from recovery_codes c where c.user_id = totp_factors.user_id and used_at is null) as left',
      ),
      db.raw('(select max(used_at) from recovery_codes c where c.user_id = totp_factors.user_id) as used_at'),
    );
  return row ? { since: row.since, codesLeft: row.left, codesUsedAt: row.used_at } : null;
}

/** Seals all secrets with the present key, so that the former one is needed no more. */
export async function resealSecrets(db: Db, sealing: Sealing): Promise<void> {
  const factors = await db('totp_factors').select<{ user_id: number; secret: string }[]>('user_id', 'secret');
  for (const { user_id: userId, secret } of factors)
    await db('totp_factors')
      .where({ user_id: userId, secret })
      .update({ secret: sealing.seal(sealing.open(secret, TOTP_SECRET), TOTP_SECRET) });
}

/** Whether a code has the form of an app's; those for recovery are too long to be guessed. */
export const isAppCode = (typed: string): boolean => /^\d{6}$/.test(plainCode(typed));

/** As it was given, whatever blanks and dashes it was typed with. */
const plainCode = (typed: string) => typed.toLowerCase().replace(/[\s-]/g, '').replace(/o/g, '0').replace(/[il]/g, '1');

/**
 * Whether a code is a user's, of the app or for recovery. It is used up by this: of the same code sent many times at
 * once, one is right.
 * @returns which kind of code it was; null for one that is wrong or was used
 */
export async function useCode(
  db: Db | Transaction,
  clock: Clock,
  sealing: Sealing,
  { userId, code }: { userId: number; code: string },
): Promise<'app' | 'recovery' | null> {
  const plain = plainCode(code);
  return isAppCode(code)
    ? useAppCode(db, clock, sealing, { userId, code: plain })
    : useRecoveryCode(db, clock, { userId, code: plain });
}

async function useAppCode(
  db: Db | Transaction,
  clock: Clock,
  sealing: Sealing,
  { userId, code }: { userId: number; code: string },
): Promise<'app' | null> {
  const factor = await db('totp_factors').where({ user_id: userId }).first<{ secret: string } | undefined>('secret');
  const step = factor && stepOfCode(sealing.open(factor.secret, TOTP_SECRET), code, clock.now());
  if (step === undefined || step === null) return null;
  const accepted = await db('totp_factors')
    .where({ user_id: userId })
    .where('last_step', '<', step)
    .update({ last_step: step });
  return accepted === 1 ? 'app' : null;
}

async function useRecoveryCode(
  db: Db | Transaction,
  clock: Clock,
  { userId, code }: { userId: number; code: string },
): Promise<'recovery' | null> {
  const used = await db('recovery_codes')
    .where({ user_id: userId, hash: hashOf(code), used_at: null })
    .update({ used_at: clock.now() });
  return used === 1 ? 'recovery' : null;
}

/**
 * Makes an app's secret the user's second factor, in place of a former one, with new recovery codes.
 * @param step of the code that showed that the app has the secret; it is used up
 * @returns the recovery codes, which nobody can read later
 */
export async function keepSecondFactor(
  trx: Transaction,
  clock: Clock,
  sealing: Sealing,
  { userId, secret, step }: { userId: number; secret: string; step: number },
): Promise<string[]> {
  await removeSecondFactor(trx, userId);
  await trx('totp_factors').insert({
    user_id: userId,
    secret: sealing.seal(secret, TOTP_SECRET),
    last_step: step,
    since: clock.now(),
  });
  return renewRecoveryCodes(trx, clock, userId);
}

/** Removes the second factor with all that goes with it. */
export async function removeSecondFactor(trx: Transaction, userId: number): Promise<void> {
  await trx('totp_factors').where({ user_id: userId }).delete();
  await trx('recovery_codes').where({ user_id: userId }).delete();
  await trx('remembered_browsers').where({ user_id: userId }).delete();
}

/** Makes new recovery codes; the old ones are worth nothing any more. @returns the codes, each as it is typed */
export async function renewRecoveryCodes(trx: Transaction, clock: Clock, userId: number): Promise<string[]> {
  const codes = Array.from({ length: RECOVERY_CODES }, newRecoveryCode);
  await trx('recovery_codes').where({ user_id: userId }).delete();
  await insertRows(
    trx,
    'recovery_codes',
    { user_id: 'bigint', hash: 'bytea', created_at: 'timestamptz' },
    codes.map((code) => ({
      user_id: userId,
      hash: `\\x${hashOf(code).toString('hex')}`,
      created_at: clock.now(),
    })),
  );
  return codes.map((code) => code.replace(/.{4}(?=.)/g, '$&-'));
}

const newRecoveryCode = () => [...randomBytes(CODE_LENGTH)].map((byte) => ALPHABET[byte % ALPHABET.length]).join('');
