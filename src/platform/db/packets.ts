import { createRequire } from 'node:module';
import type pg from 'pg';

/** What pg's types and knex's leave out. */
type Client = pg.Client & {
  /** Whether a statement is sent while others on the connection are not answered yet. */
  pipeline: boolean;
  connection: { stream: { cork(): void; uncork(): void } };
  /** Statements without an answer: the one that is being answered, those that were sent, those that were not. */
  _activeQuery: object | null;
  _sentQueryQueue: object[];
  _queryQueue: object[];
  /** Why the pool has to replace it. */
  __knex__disposed?: Error;
};

interface Packet {
  connection: Promise<pg.Client>;
  /** Those that are not answered yet. */
  statements: number;
}

/**
 * Statements that are asked for at the same moment, as a page asks for all it shows, go to the database in one packet
 * over one connection: to send each by itself takes both sides longer than most of them take to run. They run one after
 * the other, and one that fails leaves the others alone.
 */
export class Packets {
  readonly #acquire: () => Promise<pg.Client>;
  readonly #release: (connection: pg.Client) => Promise<void>;
  #open: Packet | undefined;

  constructor(acquire: () => Promise<pg.Client>, release: (connection: pg.Client) => Promise<void>) {
    this.#acquire = acquire;
    this.#release = release;
  }

  async send<T>(statement: (connection: pg.Client) => Promise<T>): Promise<T> {
    const packet = (this.#open ??= this.#begin());
    packet.statements++;
    const connection = await packet.connection;
    try {
      return await statement(connection);
    } finally {
      if (--packet.statements === 0) {
        // Nothing was sent if its only statement could not be made.
        if (this.#open === packet) this.#open = undefined;
        await this.#release(connection);
      }
    }
  }

  /** What is asked for until the callbacks of promises under way have run is in the packet. */
  #begin(): Packet {
    const packet = { statements: 0, connection: this.#acquire() };
    process.nextTick(() => {
      if (this.#open === packet) this.#open = undefined;
    });
    return packet;
  }
}

/** What is sent over the connection from now until the callbacks of promises under way have run goes in one packet. */
export function beginPacket(connection: pg.Client): void {
  const client = connection as Client;
  const { stream } = client.connection;
  client.pipeline = true;
  stream.cork();
  process.nextTick(() => stream.uncork());
}

/**
 * Whoever has the connection next may read with a cursor, which cannot share it. A connection that still owes an answer
 * goes to nobody: the next statement would be given it.
 */
export function endPackets(connection: pg.Client): void {
  const client = connection as Client;
  if (client._activeQuery || client._sentQueryQueue.length > 0 || client._queryQueue.length > 0)
    client.__knex__disposed ??= new Error('The connection was released while a statement was under way');
  client.pipeline = false;
}

type Run<T> = (runner: Runner, parameters: unknown) => Promise<T>;

/** Of knex: what runs one query. Its types leave it out. */
declare class Runner {
  constructor(client: object, builder: object);
  client: { transacting?: boolean; packets: Packets };
  builder: { _connection?: pg.Client };
  connection?: pg.Client;
  ensureConnection<T>(run: Run<T>, parameters?: unknown): Promise<T>;
}
const KnexRunner = createRequire(import.meta.url)('knex/lib/execution/runner.js') as typeof Runner;

/** Sends a query with the others of its packet, unless it has a connection already. */
export class PacketRunner extends KnexRunner {
  override async ensureConnection<T>(run: Run<T>, parameters?: unknown): Promise<T> {
    const { client, builder } = this;
    if (client.transacting || builder._connection || this.connection) return super.ensureConnection(run, parameters);
    return client.packets.send((connection) => {
      this.connection = connection;
      return run(this, parameters);
    });
  }
}
