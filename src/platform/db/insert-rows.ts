import type { Db, Transaction } from './database.ts';

/**
 * Adds many rows in one statement of a fixed size: the rows travel as one JSON parameter. A list of values for each row
 * would make statements of thousands of parameters, which cost more memory than the rows.
 * @param columns of the table, with their types; the names become part of the SQL, so they must be constants
 * @returns the asked columns of the new rows, in no order of their own
 */
export async function insertRows<R = unknown>(
  trx: Transaction,
  table: string,
  columns: Record<string, string>,
  rows: Record<string, unknown>[],
  returning: (keyof R & string)[] = [],
): Promise<R[]> {
  if (rows.length === 0) return [];
  const names = Object.keys(columns).join(', ');
  const typed = Object.entries(columns)
    .map(([name, type]) => `${name} ${type}`)
    .join(', ');
  const { rows: added } = await trx.raw<{ rows: R[] }>(
    `insert into ${table} (${names})
     select ${names}
     from jsonb_to_recordset(cast(:rows as jsonb)) as r (${typed})
     ${returning.length > 0 ? `returning ${returning.join(', ')}` : ''}`,
    { rows: JSON.stringify(rows) },
  );
  return added;
}

/** Adds one row. @returns its id */
export async function insertRow(db: Db, table: string, row: Record<string, unknown>): Promise<number> {
  const [added] = await db(table).insert(row).returning<{ id: number }[]>('id');
  if (!added) throw new Error(`No row was added to ${table}`);
  return added.id;
}
