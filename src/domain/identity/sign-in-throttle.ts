import { createHash } from 'node:crypto';
import { RateLimiterPostgres } from 'rate-limiter-flexible';
import type { Db } from '../../platform/db/database.ts';
import { TooManyAttempts } from '../errors.ts';
import { placeOf } from './network-place.ts';

/** Who tries to sign in as whom, and from where; `device` names a browser in which that user has signed in before. */
export interface Attempt {
  email: string;
  address: string;
  device: string | null;
}

interface Limit {
  key: string;
  /** Attempts that cost nothing. */
  free: number;
  /** The delay doubles with each further one up to this. */
  longestSeconds: number;
}

const FORGOTTEN_AFTER_SECONDS = 3600;

/**
 * Counts failed sign-ins in PostgreSQL, so that every process knows.
 *
 * A place (an address) pays for its own failures, first of all and whatever becomes of the attempt, and once more for
 * each account it tries. Only what those two let through counts for the account as a whole, whose brake one place alone
 * never reaches: it is for a crowd of places. A browser that is known has a window of its own and none of these, so
 * that nobody else's attempts keep the owner out.
 */
export class SignInThrottle {
  readonly #failures: RateLimiterPostgres;
  readonly #windows: RateLimiterPostgres;

  constructor(db: Db) {
    const store = { storeClient: db, storeType: 'knex', tableName: 'throttles', tableCreated: true };
    // The counts decide nothing by themselves; the delays do.
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
   * Counts an attempt before its password is looked at, so that many at once are counted too. After the free ones each
   * needs the one point of the current window, which a database row gives to one only. What is refused stays counted.
   * @throws {TooManyAttempts} while a delay runs
   */
  async admit(attempt: Attempt): Promise<void> {
    for (const { key, free, longestSeconds } of limitsOf(attempt)) {
      const { consumedPoints } = await this.#failures.penalty(key, 1);
      if (consumedPoints <= free) continue;
      const seconds = Math.min(2 ** Math.min(consumedPoints - free, 20), longestSeconds);
      try {
        await this.#windows.consume(key, 1, { customDuration: seconds });
      } catch (refused) {
        if (refused instanceof Error) throw refused;
        const { msBeforeNext } = refused as { msBeforeNext: number };
        throw new TooManyAttempts({ seconds: Math.max(1, Math.ceil(msBeforeNext / 1000)) });
      }
    }
  }

  /**
   * The owner came in: their own window starts again. Of the place and of the account only this attempt is forgotten,
   * or one known account would free the place, and the owner's return the crowd.
   */
  async recordSuccess(attempt: Attempt): Promise<void> {
    const own = ownLimit(attempt);
    await this.#failures.delete(own.key);
    await this.#windows.delete(own.key);
    for (const { key } of limitsOf(attempt)) if (key !== own.key) await this.#failures.reward(key, 1);
  }
}

/** In the order in which they are taken. */
function limitsOf(attempt: Attempt): Limit[] {
  const own = ownLimit(attempt);
  if (attempt.device !== null) return [own];
  const place = { key: keyOf('address', placeOf(attempt.address)), free: 30, longestSeconds: 900 };
  // One place gets about seventy through in an hour, whatever it does.
  const account = { key: keyOf('account', accountOf(attempt)), free: 100, longestSeconds: 60 };
  return [place, own, account];
}

/** Of this account from this place, or in this browser; short, since it may be the owner who mistypes. */
function ownLimit(attempt: Attempt): Limit {
  const from = attempt.device === null ? `address ${placeOf(attempt.address)}` : `device ${attempt.device}`;
  return { key: keyOf('own', `${accountOf(attempt)} ${from}`), free: 5, longestSeconds: 60 };
}

const accountOf = ({ email }: Attempt) => email.trim().toLowerCase();

const keyOf = (kind: string, subject: string) => `${kind}:${createHash('sha256').update(subject).digest('base64url')}`;
