import { createHash } from 'node:crypto';
import { RateLimiterPostgres } from 'rate-limiter-flexible';
import type { Db } from '../../platform/db/database.ts';
import { TooManyAttempts } from '../errors.ts';
import { neighbourhoodOf, placeOf } from './network-place.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;

/** How often something may be asked for, in so many seconds. */
const LIMITS = {
  registration_place: { points: 10, duration: HOUR },
  registration_neighbourhood: { points: 30, duration: HOUR },
  registration_day: { points: 500, duration: DAY },
  reset_place: { points: 20, duration: HOUR },
  reset_neighbourhood: { points: 60, duration: HOUR },
  /** Messages to one address that somebody who is not signed in asked for. */
  asked_mail: { points: 5, duration: HOUR },
  reset_mail: { points: 5, duration: HOUR },
  /** Messages that one user asks for, and those to one address that users ask for. */
  users_mail: { points: 20, duration: HOUR },
  invited_mail: { points: 10, duration: HOUR },
} as const;
type LimitName = keyof typeof LIMITS;

/** How often messages and accounts may be asked for, counted in PostgreSQL for all processes together. */
export class AccountLimits {
  readonly #limiters: Record<LimitName, RateLimiterPostgres>;

  constructor(db: Db) {
    const store = { storeClient: db, storeType: 'knex', tableName: 'throttles', tableCreated: true };
    const limiters = Object.entries(LIMITS).map(([keyPrefix, limit]) => [
      keyPrefix,
      new RateLimiterPostgres({ ...store, keyPrefix, ...limit }),
    ]);
    this.#limiters = Object.fromEntries(limiters) as Record<LimitName, RateLimiterPostgres>;
  }

  /** Counts a registration by its address, its neighbourhood and the day. @throws {TooManyAttempts} */
  async admitRegistration(address: string): Promise<void> {
    await this.#consume('registration_place', placeOf(address));
    await this.#consume('registration_neighbourhood', neighbourhoodOf(address));
    await this.#consume('registration_day', 'all');
  }

  /** Counts a request for a new password. @throws {TooManyAttempts} */
  async admitReset(address: string): Promise<void> {
    await this.#consume('reset_place', placeOf(address));
    await this.#consume('reset_neighbourhood', neighbourhoodOf(address));
  }

  /**
   * Whether one more message to an address may be asked for; whoever asks is told nothing of it. Resets have a count of
   * their own, which nothing else uses up.
   */
  async admitMail(kind: 'asked_mail' | 'reset_mail', email: string): Promise<boolean> {
    try {
      await this.#consume(kind, email.trim().toLowerCase());
      return true;
    } catch (error) {
      if (error instanceof TooManyAttempts) return false;
      throw error;
    }
  }

  /** Counts a message that somebody who is signed in asks for. @throws {TooManyAttempts} */
  async admitMailOf(userId: number, email: string): Promise<void> {
    await this.#consume('users_mail', String(userId));
    await this.#consume('invited_mail', email.trim().toLowerCase());
  }

  async #consume(name: LimitName, subject: string): Promise<void> {
    try {
      await this.#limiters[name].consume(createHash('sha256').update(subject).digest('base64url'));
    } catch (refused) {
      if (refused instanceof Error) throw refused;
      const { msBeforeNext } = refused as { msBeforeNext: number };
      throw new TooManyAttempts({ seconds: Math.max(1, Math.ceil(msBeforeNext / 1000)) });
    }
  }
}
