import pg from 'pg';
import type { Logger } from 'pino';
import type { DatabaseHealth } from './database-health.ts';

const RECONNECT_MS = 1_000;

/** Rows that pages need at every request, kept in the process. */
export interface Cached<T> {
  /** As they are now. Money is never moved by them: commands read what they need in their own transaction. */
  current(): Promise<T>;
}

interface Cache {
  channel: string;
  forget: () => void;
}

/**
 * What the process keeps of the database. Triggers notify a channel when rows are stored, in every process, and what was
 * kept of them is read again; while the listening connection is away, each request reads them.
 */
export class NotifiedCaches {
  readonly #url: string;
  readonly #watch: { health: DatabaseHealth; log: Logger };
  readonly #caches: Cache[] = [];
  #client: pg.Client | undefined;
  #listening = false;
  #closed = false;

  constructor(url: string, watch: { health: DatabaseHealth; log: Logger }) {
    this.#url = url;
    this.#watch = watch;
  }

  /**
   * Adds what is to be kept; before `listen`.
   * @param isFresh whether a value can still be shown although nothing was notified
   */
  add<T>(channel: string, load: () => Promise<T>, isFresh: (value: T) => boolean = () => true): Cached<T> {
    let kept: Promise<T> | undefined;
    this.#caches.push({ channel, forget: () => void (kept = undefined) });
    return {
      current: async () => {
        const present = kept;
        if (this.#listening && present) {
          const value = await present.catch(() => undefined);
          if (value !== undefined && isFresh(value)) return value;
        }
        const loading = load();
        kept = loading;
        return loading;
      },
    };
  }

  async listen(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.#url,
      application_name: 'kabinet-caches',
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
    });
    this.#client = client;
    client.on('notification', ({ channel }) => this.#forget(channel));
    client.on('error', () => {});
    client.on('end', () => this.#reconnect());
    try {
      await client.connect();
      for (const { channel } of this.#caches) await client.query(`listen ${client.escapeIdentifier(channel)}`);
      this.#forget();
      this.#listening = true;
    } catch (error) {
      const { health, log } = this.#watch;
      if (!health.note(error)) log.warn({ err: error }, 'cannot listen for changes');
      this.#reconnect();
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#client?.end().catch(() => {});
  }

  /** @param channel all, when left out */
  #forget(channel?: string) {
    for (const cache of this.#caches) if (channel === undefined || cache.channel === channel) cache.forget();
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
