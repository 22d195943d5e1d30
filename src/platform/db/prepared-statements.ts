import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import type { Knex } from 'knex';
import type pg from 'pg';
import { itself, memoized } from '../memoized.ts';
import { beginPacket, endPackets, PacketRunner, Packets } from './packets.ts';

interface Query {
  sql: string;
  options?: object;
}

/** knex's dialect for PostgreSQL, with what knex's types leave out. */
type Dialect = Pick<typeof Knex.Client, keyof typeof Knex.Client> &
  (new (config: Knex.Config) => Knex.Client & {
    _query(connection: pg.Client, query: Query): Promise<Query>;
    /** Of the object that knex uses in a transaction. */
    transacting?: boolean;
  });

// A dialect that extends one of knex's own takes it from this path.
const Postgres = createRequire(import.meta.url)('knex/lib/dialects/postgres/index.js') as Dialect;

/** A connection with more different statements is replaced: neither the database nor pg forgets one. */
const MOST_PREPARED = 400;
/** One statement, not several; a longer one inserts so many rows that planning it is the least of it. */
const PREPARABLE = /^\s*(?:select|with|insert|update|delete)\b[^;]{0,8000}$/i;

const nameOf = memoized(
  10 * MOST_PREPARED,
  (sql: string) => createHash('sha1').update(sql).digest('base64url'),
  itself,
);

interface Prepared {
  names: Set<string>;
  epoch: number;
}

/** What each connection holds. It is no field of the dialect: in a transaction knex uses another object as one. */
const prepared = new WeakMap<pg.Client, Prepared>();
/** Counts the changes of the schema that were met: what was prepared before one is prepared anew. */
let epoch = 0;

function preparedOn(connection: pg.Client): Prepared {
  let held = prepared.get(connection);
  if (!held) prepared.set(connection, (held = { names: new Set(), epoch }));
  return held;
}

/**
 * knex's dialect with every statement prepared: the database parses and plans it once a connection, not each time.
 * Statements of the same moment share a packet.
 */
export class PreparingDialect extends Postgres {
  readonly packets = new Packets(
    () => this.acquireConnection() as Promise<pg.Client>,
    (connection) => this.releaseConnection(connection),
  );

  override runner(builder: object) {
    return new PacketRunner(this, builder);
  }

  override async _query(connection: pg.Client, query: Query): Promise<Query> {
    if (!PREPARABLE.test(query.sql)) return super._query(connection, query);
    const { options } = query;
    const name = nameOf(query.sql);
    const held = preparedOn(connection);
    held.names.add(name);
    beginPacket(connection);
    try {
      query.options = { ...options, name };
      return await super._query(connection, query);
    } catch (error) {
      if (!isOutdatedStatement(error)) throw error;
      if (held.epoch === epoch) epoch += 1;
      // A transaction has failed with it, and is run again as a whole (`inTransaction`).
      if (this.transacting) throw error;
      query.options = { ...options };
      return super._query(connection, query);
    }
  }

  override releaseConnection(connection: pg.Client): Promise<void> {
    endPackets(connection);
    return super.releaseConnection(connection) as Promise<void>;
  }

  /** Asked by the pool before it gives a connection out again. */
  override async validateConnection(connection: pg.Client): Promise<boolean> {
    const held = preparedOn(connection);
    return held.epoch === epoch && held.names.size <= MOST_PREPARED;
  }
}

const NO_SUCH_STATEMENT = '26000';

/** A migration changed the columns of a prepared statement since, or the connection lost it. */
export function isOutdatedStatement(error: unknown): boolean {
  const { code, routine } = (error ?? {}) as { code?: unknown; routine?: unknown };
  return code === NO_SUCH_STATEMENT || routine === 'RevalidateCachedQuery';
}
