import { createHash } from 'node:crypto';
import { RateLimiterPostgres } from 'rate-limiter-flexible';
import type { Db } from '../../platform/db/database.ts';
import { TooManyAttempts } from '../errors.ts';
import { placeOf } from './network-place.ts';

/** An attempt to sign in; `device` identifies a browser in which that user has signed in before. */
export interface Attempt {
  email: string;
  address: string;
  device: string | null;
}

interface SignInLimit {
  key: string;
  /** Attempts without a delay. */
  free: number;
  /** The delay doubles with each further attempt, up to the longest. */
  firstSeconds?: number;
  longestSeconds: number;
}

const FORGOTTEN_AFTER_SECONDS = 3600;

/**
 * Counts failed sign-ins in PostgreSQL, for all processes together.
 *
 * Attempts are limited by place (an address), then by place and account. Only those that pass both count for the account
 * as a whole; one place alone never reaches that limit, which is for attacks from many places. A known browser has a
 * limit of its own and none of these, so that other people's attempts do not keep the owner out.
 */
export class SignInThrottle {
  readonly #failures: RateLimiterPostgres;
  readonly #windows: RateLimiterPostgres;

  constructor(db: Db) {
    const store = { storeClient: db, storeType: 'knex', tableName: 'throttles', tableCreated: true };
    // The counts have no limit of their own; the delays do.
    const points = 1_000_000;
    this.#failures = new RateLimiterPostgres({
      ...store,
      keyPrefix: 'fail',
      points,
      duration: FORGOTTEN_AFTER_SECONDS,
    });
    this.#windows = new RateLimiterPostgres({ ...store, keyPrefix: 'wait', points: 1, duration: 1 });
  }

  /**
   * Counts an attempt before its password is checked, so that simultaneous ones count too. After the free ones each
   * needs the single point of the current window, which only one of them gets. Refused attempts stay counted.
   * @throws {TooManyAttempts} while a delay runs
   */
  async admit(attempt: Attempt): Promise<void> {
    for (const limit of limitsOf(attempt)) await this.#admit(limit);
  }

  /**
   * Counts an attempt at a user's second factor, apart from those at the password. @throws {TooManyAttempts}
   */
  admitCode(userId: number): Promise<void> {
    return this.#admit(codeLimit(userId));
  }

  /** The code was right. */
  async recordRightCode(userId: number): Promise<void> {
    await this.#forget(codeLimit(userId));
  }

  /** Forgets the wrong attempts at an account and at its second factor; those of places stay counted. */
  async forgive({ email, userId }: { email: string; userId: number }): Promise<void> {
    await this.#forget(accountLimit(email));
    await this.#forget(codeLimit(userId));
  }

  async #admit({ key, free, firstSeconds = 2, longestSeconds }: SignInLimit): Promise<void> {
    const { consumedPoints } = await this.#failures.penalty(key, 1);
    if (consumedPoints <= free) return;
    const seconds = Math.min(firstSeconds * 2 ** Math.min(consumedPoints - free - 1, 20), longestSeconds);
    try {
      await this.#windows.consume(key, 1, { customDuration: seconds });
    } catch (refused) {
      if (refused instanceof Error) throw refused;
      const { msBeforeNext } = refused as { msBeforeNext: number };
      throw new TooManyAttempts({ seconds: Math.max(1, Math.ceil(msBeforeNext / 1000)) });
    }
  }

  async #forget({ key }: SignInLimit): Promise<void> {
    await this.#failures.delete(key);
    await this.#windows.delete(key);
  }

  /**
   * Resets the limit of this place (or browser) with this account. From the counts of the place and of the account only
   * this attempt is taken: one known password must not reset a whole place, nor the owner's sign-in an attack.
   */
  async recordSuccess(attempt: Attempt): Promise<void> {
    const own = ownLimit(attempt);
    await this.#forget(own);
    for (const { key } of limitsOf(attempt)) if (key !== own.key) await this.#failures.reward(key, 1);
  }
}

/** Five wrong codes, then one in a quarter of an hour, half an hour, an hour: a code has a million values. */
const codeLimit = (userId: number): SignInLimit => ({
  key: keyOf('code', String(userId)),
  free: 5,
  firstSeconds: 900,
  longestSeconds: 3600,
});

/** In the order in which they are applied. */
function limitsOf(attempt: Attempt): SignInLimit[] {
  const own = ownLimit(attempt);
  if (attempt.device !== null) return [own];
  const place = { key: keyOf('address', placeOf(attempt.address)), free: 30, longestSeconds: 900 };
  return [place, own, accountLimit(attempt.email)];
}

/** Of the account as a whole: one place gets about seventy attempts through in an hour. */
const accountLimit = (email: string): SignInLimit => ({
  key: keyOf('account', accountOf({ email })),
  free: 100,
  longestSeconds: 60,
});

/** For this account from this place, or in this browser; short, because it may be the owner mistyping. */
function ownLimit(attempt: Attempt): SignInLimit {
  const from = attempt.device === null ? `address ${placeOf(attempt.address)}` : `device ${attempt.device}`;
  return { key: keyOf('own', `${accountOf(attempt)} ${from}`), free: 5, longestSeconds: 60 };
}

const accountOf = ({ email }: Pick<Attempt, 'email'>) => email.trim().toLowerCase();

const keyOf = (kind: string, subject: string) => `${kind}:${createHash('sha256').update(subject).digest('base64url')}`;
