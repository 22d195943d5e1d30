import pg from 'pg';
import type { Logger } from 'pino';
import type { Clock } from '../../platform/clock.ts';
import type { DatabaseHealth } from '../../platform/db/database-health.ts';
import type { Db } from '../../platform/db/database.ts';
import { loadRateTable } from './rate-queries.ts';
import type { RateTable } from './rate-table.ts';

const RECONNECT_MS = 1_000;

/**
 * The current rates, kept in the process for the pages. A trigger notifies `rates_changed` when rates or currencies
 * are stored, in every process; while the listening connection is away, each request reads them again.
 * Money is never moved by the cache: commands load the rates in their own transaction.
 */
export class RateCache {
  readonly #db: Db;
  readonly #url: string;
  readonly #clock: Clock;
  readonly #watch: { health: DatabaseHealth; log: Logger };
  #table: Promise<RateTable> | undefined;
  #client: pg.Client | undefined;
  #listening = false;
  #closed = false;

  constructor(db: Db, url: string, clock: Clock, watch: { health: DatabaseHealth; log: Logger }) {
    this.#db = db;
    this.#url = url;
    this.#clock = clock;
    this.#watch = watch;
  }

  async current(): Promise<RateTable> {
    const today = this.#clock.today();
    const table = await this.#table?.catch(() => undefined);
    if (this.#listening && table?.today === today) return table;
    const loading = loadRateTable(this.#db, today);
    this.#table = loading;
    return loading;
  }

  async listen(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.#url,
      application_name: 'kabinet-rates',
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
    });
    this.#client = client;
    client.on('notification', () => this.#forget());
    client.on('error', () => {});
    client.on('end', () => this.#reconnect());
    try {
      await client.connect();
      await client.query('listen rates_changed');
      this.#forget();
      this.#listening = true;
    } catch (error) {
      const { health, log } = this.#watch;
      if (!health.note(error)) log.warn({ err: error }, 'cannot listen for new rates');
      this.#reconnect();
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#client?.end().catch(() => {});
  }

  #forget() {
    this.#table = undefined;
  }

  #retry: NodeJS.Timeout | undefined;
  #reconnect() {
    this.#listening = false;
    this.#forget();
    if (this.#closed) return;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void (this.#closed || this.listen()), RECONNECT_MS);
    this.#retry.unref();
  }
}
