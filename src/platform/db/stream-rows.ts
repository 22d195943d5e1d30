import { once } from 'node:events';
import type { Knex } from 'knex';
import type pg from 'pg';
import Cursor from 'pg-cursor';
import type { Db } from './database.ts';

/** How many rows are fetched from the database at a time. */
const BATCH = 200;

/** A query of knex, whose result has rows of this type. */
type RowQuery<Row> = (PromiseLike<Row[]> | PromiseLike<{ rows: Row[] }>) & {
  toSQL(): { toNative(): Knex.SqlNative };
};

/**
 * The rows of a query through a cursor, fetched as they are asked for, so that a result of any length takes the memory
 * of a batch. Holds one connection until the last row was taken, or the reader stops. Not knex's own `stream`,
 * which never ends when the connection is lost meanwhile.
 */
export async function* streamRows<Row, Item>(
  db: Db,
  query: RowQuery<Row>,
  toItem: (row: Row) => Item,
): AsyncGenerator<Item, void> {
  const { sql, bindings } = query.toSQL().toNative();
  const connection = (await db.client.acquireConnection()) as pg.Client;
  const cursor = new Cursor<Row>(sql, [...bindings]);
  let failed = false;
  cursor.on('error', () => (failed = true));
  try {
    connection.query(cursor);
    for (;;) {
      const rows = await cursor.read(BATCH);
      for (const row of rows) yield toItem(row);
      if (rows.length < BATCH) return;
    }
  } finally {
    // After a failure the cursor is closed already; a lost connection is released only when the pool can notice that.
    await (failed ? connection.query('select 1').catch(() => {}) : closeCursor(cursor, connection));
    await db.client.releaseConnection(connection);
  }
}

/** On a connection that ends meanwhile, closing is never answered. */
async function closeCursor(cursor: Cursor, connection: pg.Client) {
  const closed = new AbortController();
  const ended = once(connection, 'end', { signal: closed.signal });
  await Promise.race([cursor.close(), ended]).finally(() => closed.abort());
}
