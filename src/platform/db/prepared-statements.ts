import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import type { Knex } from 'knex';
import type pg from 'pg';
import { memoized } from '../memoized.ts';

interface Query {
  sql: string;
  options?: object;
}
type Connection = pg.Client & {
  /** Set by knex while the connection is in a transaction. */
  __knexTxId?: string;
};

/** knex's dialect for PostgreSQL, with the method that knex's types leave out. */
type Dialect = Pick<typeof Knex.Client, keyof typeof Knex.Client> &
  (new (config: Knex.Config) => Knex.Client & { _query(connection: Connection, query: Query): Promise<Query> });

// A dialect that extends one of knex's own takes it from this path.
const Postgres = createRequire(import.meta.url)('knex/lib/dialects/postgres/index.js') as Dialect;

/** A connection with more different statements is replaced: neither the database nor pg forgets one. */
const MOST_PREPARED = 400;
/** One statement, not several; a longer one inserts so many rows that planning it is the least of it. */
const PREPARABLE = /^\s*(?:select|with|insert|update|delete)\b[^;]{0,8000}$/i;

const nameOf = memoized(10 * MOST_PREPARED, (sql) => createHash('sha1').update(sql).digest('base64url'));

/** The names on each connection. They are no fields of the dialect: in a transaction knex uses another object as one. */
const prepared = new WeakMap<Connection, Set<string>>();
/** Connections with a statement that a change of the schema made useless. */
const outdated = new WeakSet<Connection>();

function preparedOn(connection: Connection): Set<string> {
  let names = prepared.get(connection);
  if (!names) prepared.set(connection, (names = new Set()));
  return names;
}

/** knex's dialect with every statement prepared: the database parses and plans it once a connection, not each time. */
export class PreparingDialect extends Postgres {
  override async _query(connection: Connection, query: Query): Promise<Query> {
    if (!PREPARABLE.test(query.sql)) return super._query(connection, query);
    const { options } = query;
    const name = nameOf(query.sql);
    preparedOn(connection).add(name);
    try {
      query.options = { ...options, name };
      return await super._query(connection, query);
    } catch (error) {
      if (!isOutdatedPlan(error)) throw error;
      outdated.add(connection);
      // A transaction has failed with it, and is run again as a whole (`inTransaction`).
      if (connection.__knexTxId) throw error;
      query.options = { ...options };
      return super._query(connection, query);
    }
  }

  /** Asked by the pool before it gives a connection out again. */
  override async validateConnection(connection: Connection): Promise<boolean> {
    return !outdated.has(connection) && preparedOn(connection).size <= MOST_PREPARED;
  }
}

/** The database refuses a prepared statement whose columns a migration changed since. */
export const isOutdatedPlan = (error: unknown): boolean =>
  (error as { routine?: unknown } | null)?.routine === 'RevalidateCachedQuery';
