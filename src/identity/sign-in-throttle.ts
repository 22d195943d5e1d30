import { createHash } from 'node:crypto';
import { RateLimiterPostgres } from 'rate-limiter-flexible';
import type { Db } from '../db/database.ts';
import { TooManyAttempts } from '../errors.ts';

interface Limit {
  kind: 'account' | 'address';
  /** Failures that cost nothing. */
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
  readonly #delays: RateLimiterPostgres;

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
    this.#delays = new RateLimiterPostgres({ ...store, keyPrefix: 'wait', points: 1, duration: 1 });
  }

  /** @throws {TooManyAttempts} while a delay runs */
  async assertMayTry(email: string, address: string): Promise<void> {
    for (const { kind } of LIMITS) {
      const delay = await this.#delays.get(keyOf(kind, email, address));
      if (delay && delay.consumedPoints > 1 && delay.msBeforeNext > 0)
        throw new TooManyAttempts({ seconds: Math.ceil(delay.msBeforeNext / 1000) });
    }
  }

  async recordFailure(email: string, address: string): Promise<void> {
    for (const { kind, free, longestSeconds } of LIMITS) {
      const key = keyOf(kind, email, address);
      const { consumedPoints } = await this.#failures.penalty(key, 1);
      if (consumedPoints < free) continue;
      const seconds = Math.min(2 ** Math.min(consumedPoints - free, 20), longestSeconds);
      await this.#delays.block(key, seconds);
    }
  }

  /** The owner came in: their account starts anew; the address does not, or one known account would free it. */
  async recordSuccess(email: string, address: string): Promise<void> {
    await this.#failures.delete(keyOf('account', email, address));
    await this.#delays.delete(keyOf('account', email, address));
  }
}

function keyOf(kind: Limit['kind'], email: string, address: string): string {
  const subject = kind === 'account' ? email.trim().toLowerCase() : address;
  return `${kind}:${createHash('sha256').update(subject).digest('base64url')}`;
}
