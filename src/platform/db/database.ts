import knex, { type Knex } from 'knex';
import pg from 'pg';
import { PreparingDialect } from './prepared-statements.ts';

/** Outside a transaction: for reads. */
export type Db = Knex;
/** Inside a transaction: a function that takes it can only run in one. */
export type Transaction = Knex.Transaction;

const { builtins } = pg.types;

/**
 * bigint identities are read as numbers (they stay far below 2^53), days as `YYYY-MM-DD`, and numeric as text, so
 * that no amount ever becomes a JavaScript number.
 */
const types = {
  getTypeParser(id: number, format?: 'text' | 'binary') {
    if (id === builtins.INT8) return (text: string) => Number(text);
    if (id === builtins.DATE || id === builtins.NUMERIC) return (text: string) => text;
    return pg.types.getTypeParser(id, format);
  },
};

export interface ConnectOptions {
  pool?: number;
  applicationName?: string;
  /** Not behind a proxy that gives each transaction another connection. */
  prepared?: boolean;
}

/** Opens a pool. Nothing connects until the first query. */
export function connect(
  url: string,
  { pool = 10, applicationName = 'kabinet', prepared = false }: ConnectOptions = {},
): Db {
  return knex({
    client: prepared ? PreparingDialect : 'pg',
    connection: {
      connectionString: url,
      application_name: applicationName,
      connectionTimeoutMillis: 5_000,
      types,
    } as Knex.PgConnectionConfig,
    pool: {
      min: 0,
      max: pool,
      afterCreate(client: pg.Client, done: (error: Error | null, client: pg.Client) => void) {
        // Without a listener, a restart of the server would end this process.
        client.on('error', () => {});
        done(null, client);
      },
    },
    acquireConnectionTimeout: 15_000,
    // Errors are thrown to the caller; knex need not print them as well.
    log: { warn() {}, error() {}, deprecate() {}, debug() {} },
  });
}
