import type { Server, ServerResponse } from 'node:http';
import type { Express } from 'express';
import { type Config, ConfigurationError } from '../platform/config.ts';

export const FIRST_PORT = 3000;
const PORTS_TO_TRY = 100;
/** What is running is given this long to finish. */
const STOP_SECONDS = 10;

/** The HTTP server, and a way to end it that drops no request under way. */
export class Listener {
  readonly #server: Server;
  readonly #answering = new Set<ServerResponse>();
  #ending = false;

  private constructor(server: Server) {
    this.#server = server;
    server.prependListener('request', (_req, res) => {
      if (this.#ending) res.shouldKeepAlive = false;
      // Logging, the session, compression and a download each listen for its end: more than the ten that Node warns of.
      res.setMaxListeners(20);
      this.#answering.add(res);
      res.once('close', () => this.#answering.delete(res));
    });
  }

  /** On `PORT`, or on the first free one from 3000 on. @throws {ConfigurationError} when there is none */
  static async open(express: Express, { port, host }: Pick<Config, 'port' | 'host'>): Promise<Listener> {
    const candidates =
      port === undefined ? Array.from({ length: PORTS_TO_TRY }, (_, index) => FIRST_PORT + index) : [port];
    for (const candidate of candidates) {
      const server = await listen(express, candidate, host);
      if (server) return new Listener(server);
    }
    throw new ConfigurationError(
      port === undefined ? `No free port from ${FIRST_PORT} on` : `Port ${port} is taken; set PORT to another one`,
    );
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  /** Each answer from here on ends its connection and says so, so that the next request is sent elsewhere. */
  endConnections() {
    this.#ending = true;
    for (const res of this.#answering) res.shouldKeepAlive = false;
  }

  /** Takes no more connections, and waits for what is being answered. */
  async close(): Promise<void> {
    const timer = setTimeout(() => this.#server.closeAllConnections(), STOP_SECONDS * 1000);
    await new Promise((resolve) => {
      this.#server.close(resolve);
      this.#server.closeIdleConnections();
    });
    clearTimeout(timer);
  }
}

/** Null when the port is taken. */
function listen(express: Express, port: number, host: string): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const attempt = express.listen(port, host, (error?: Error) => {
      if (!error) resolve(attempt);
      else if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') resolve(null);
      else reject(new ConfigurationError(`Cannot listen on ${host}:${port}: ${error.message}`));
    });
  });
}
