import pg from 'pg';
import type { Logger } from 'pino';
import { type Outage, outageOf } from './outage.ts';

/** `/readyz` has to answer within two seconds, whatever the database does. */
const ANSWER_MS = 1_500;
const ASK_AGAIN_MS = 1_000;

/**
 * Whether the database answers, asked on connections of its own, which a busy pool does not hold up. Remembers an
 * outage, so that the log has one line for each reason of it and not one for each request.
 */
export class DatabaseHealth {
  readonly #pool: pg.Pool;
  readonly #log: Logger;
  readonly #noted = new Set<Outage>();
  #asking: Promise<boolean> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(url: string, log: Logger) {
    this.#log = log;
    this.#pool = new pg.Pool({
      connectionString: url,
      application_name: 'kabinet-health',
      max: 1,
      // Each answer comes on a new connection: one that outlives a killed server still answers for a moment.
      maxUses: 1,
      connectionTimeoutMillis: ANSWER_MS,
      query_timeout: ANSWER_MS,
    });
    this.#pool.on('error', () => {});
  }

  /** Never throws; simultaneous calls share one query. */
  answers(): Promise<boolean> {
    this.#asking ??= this.#ask().finally(() => (this.#asking = undefined));
    return this.#asking;
  }

  /** Notes an error if it is one of an outage. @returns whether it is */
  note(error: unknown): boolean {
    const outage = outageOf(error);
    if (!outage) return false;
    if (this.#closed || this.#noted.has(outage)) return true;
    this.#noted.add(outage);
    this.#log.error({ outage, detail: (error as Error).message }, 'the database cannot be used');
    this.#askAgain();
    return true;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#pool.end();
  }

  async #ask(): Promise<boolean> {
    // Both limits of the pool are about a part of it: connecting, and asking.
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('Query read timeout')), ANSWER_MS);
    });
    try {
      await Promise.race([this.#pool.query('select 1'), tooLate]);
      if (this.#noted.size > 0) this.#log.info('the database answers again');
      this.#noted.clear();
      return true;
    } catch (error) {
      if (!this.note(error)) this.#log.error({ err: error }, 'the database refuses us');
      return false;
    } finally {
      clearTimeout(timer);
    }
  }

  #askAgain() {
    clearTimeout(this.#timer);
    if (this.#closed || this.#noted.size === 0) return;
    this.#timer = setTimeout(() => void this.answers().then(() => this.#askAgain()), ASK_AGAIN_MS);
    this.#timer.unref();
  }
}
