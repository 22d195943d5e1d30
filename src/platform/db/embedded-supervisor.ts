import { connect } from 'node:net';
import pg from 'pg';
import type { Logger } from 'pino';
import { startAgain } from './embedded-cluster.ts';
import type { Home } from './embedded-programs.ts';

const CHECK_MS = 2_000;
/** Between attempts to start it, and to open the connection that notices its end. */
const AGAIN_MS = 500;

export interface Supervised {
  home: Home;
  settings: string[];
  port: number;
  /** For the connection that notices the end of the server. */
  url: string;
  log: Logger;
}

/**
 * Starts the server again on its port when it has ended unasked: its process was killed, or another process stopped it
 * while this one still uses it. An idle connection detects the end at once, and a check of the port every two seconds
 * detects what that cannot. Processes that share a server all try; PostgreSQL's own lock on its files lets one of them
 * start it, and the others use that one.
 */
export class EmbeddedSupervisor {
  readonly #server: Supervised;
  #closed = false;
  #working: Promise<void> | undefined;
  #watch: pg.Client | undefined;
  readonly #timer: NodeJS.Timeout;

  constructor(server: Supervised) {
    this.#server = server;
    this.#timer = setInterval(() => this.#look(), CHECK_MS);
    this.#timer.unref();
    this.#look();
  }

  /** From here on the server may end. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    await this.#working;
    await this.#watch?.end().catch(() => {});
  }

  #look() {
    if (this.#closed) return;
    this.#working ??= this.#care().finally(() => (this.#working = undefined));
  }

  async #care(): Promise<void> {
    if (!(await isListening(this.#server.port))) await this.#bringBack();
    if (!this.#watch && !this.#closed) await this.#openWatch();
  }

  async #bringBack() {
    const { home, settings, port, log } = this.#server;
    log.error({ port }, 'the embedded database has ended; starting it again');
    let reason = '';
    while (!this.#closed) {
      try {
        await startAgain(home, settings, port);
        if (!(await isListening(port))) throw new Error('the process that was killed has not gone yet');
        return log.info({ port }, 'the embedded database runs again');
      } catch (error) {
        // Child processes of a killed server still hold its shared memory; PostgreSQL starts once they have ended.
        const { message } = error as Error;
        if (message !== reason) log.warn({ reason: message }, 'the embedded database does not start yet');
        reason = message;
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      }
    }
  }

  async #openWatch() {
    const watch = new pg.Client({
      connectionString: this.#server.url,
      application_name: 'kabinet-supervisor',
      connectionTimeoutMillis: CHECK_MS,
    });
    this.#watch = watch;
    watch.on('error', () => {});
    watch.on('end', () => {
      if (this.#watch === watch) this.#watch = undefined;
      setTimeout(() => this.#look(), AGAIN_MS).unref();
    });
    // A connection that fails emits `end` too, and is retried.
    await watch.connect().catch(() => (this.#watch = undefined));
  }
}

/** Asks only the operating system: a server that is frozen or recovering listens too. */
function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const answer = (listening: boolean) => {
      socket.destroy();
      resolve(listening);
    };
    socket.once('connect', () => answer(true));
    socket.once('error', (error: NodeJS.ErrnoException) => answer(error.code !== 'ECONNREFUSED'));
    socket.setTimeout(CHECK_MS, () => answer(true));
  });
}
