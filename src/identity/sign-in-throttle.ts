import { createHash } from 'node:crypto';
import { RateLimiterPostgres } from 'rate-limiter-flexible';
import type { Db } from '../db/database.ts';
import { TooManyAttempts } from '../errors.ts';

interface Limit {
  kind: 'account' | 'address';
  /** Attempts that cost nothing. */
  free: number;
  /** The delay doubles with each further failure up to this; short for accounts, so that a stranger cannot lock the owner out. */
  longestSeconds: number;
}

const LIMITS: Limit[] = [
  { kind: 'account', free: 5, longestSeconds: 60 },
  { kind: 'address', free: 30, longestSeconds: 900 },
];
const FORGOTTEN_AFTER_SECONDS = 3600;

/** Counts failed sign-ins per account and per address, in PostgreSQL, so that every process knows. */
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
   * needs the one point of its account's, or its address's, current window, which a database row gives to one only.
   * @throws {TooManyAttempts} while a delay runs
   */
  async admit(email: string, address: string): Promise<void> {
    for (const { kind, free, longestSeconds } of LIMITS) {
      const key = keyOf(kind, email, address);
      const { consumedPoints } = await this.#failures.penalty(key, 1);
      if (consumedPoints <= free) continue;
      const seconds = Math.min(2 ** Math.min(consumedPoints - free, 20), longestSeconds);
      try {
        await this.#windows.consume(key, 1, { customDuration: seconds });
      } catch (refused) {
        if (refused instanceof Error) throw refused;
        await this.#failures.reward(key, 1);
        const { msBeforeNext } = refused as { msBeforeNext: number };
        throw new TooManyAttempts({ seconds: Math.max(1, Math.ceil(msBeforeNext / 1000)) });
      }
    }
  }

  /** The owner came in: their account starts anew; of the address only this attempt is forgotten, or one known account would free it. */
  async recordSuccess(email: string, address: string): Promise<void> {
    await this.#failures.delete(keyOf('account', email, address));
    await this.#windows.delete(keyOf('account', email, address));
    await this.#failures.reward(keyOf('address', email, address), 1);
  }
}

function keyOf(kind: Limit['kind'], email: string, address: string): string {
  const subject = kind === 'account' ? email.trim().toLowerCase() : address;
  return `${kind}:${createHash('sha256').update(subject).digest('base64url')}`;
}
