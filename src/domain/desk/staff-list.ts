import type { Knex } from 'knex';
import type { Db } from '../../platform/db/database.ts';
import { type ListWindow, nearerEnd } from '../../platform/db/list-window.ts';
import type { Direction } from '../../platform/db/search.ts';
import { streamRows } from '../../platform/db/stream-rows.ts';

/** A list over all customers, as large as the whole business: its pages and its download are read by the same query. */
export interface StaffList<Filter, Sort extends string, Row, Item> {
  /** The alias of its table, whose `id` is what the list is sorted by in the end. */
  alias: string;
  /** What each sort is by: a column of the table, nullable or not, that an index holds with nothing before it. */
  sorts: Record<Sort, string>;
  /** The table under its alias, and the rows of it that a filter finds. */
  found: (db: Db, filter: Filter) => Knex.QueryBuilder;
  /** Joins what is shown beside a row, and selects it: for the rows of the page only. */
  shown: (page: Knex.QueryBuilder) => Knex.QueryBuilder;
  toItem: (row: Row) => Item;
}

/** Rows are counted up to here: the rest takes long, and nobody reads the number. */
export const MOST_COUNTED = 10_000;

/** How many rows a filter finds; one more than are counted stands for all that are more. */
export async function countFound<Filter>(
  db: Db,
  list: Pick<StaffList<Filter, string, never, unknown>, 'found'>,
  filter: Filter,
): Promise<number> {
  const some = list
    .found(db, filter)
    .limit(MOST_COUNTED + 1)
    .select(db.raw('1'));
  const row = await db.from(some.as('some')).first<{ count: number }>(db.raw('count(*) as count'));
  return row.count;
}

export interface StaffWindow<Sort extends string> extends ListWindow {
  sort: Sort;
  dir: Direction;
}

type Order<Sort extends string> = Pick<StaffWindow<Sort>, 'sort' | 'dir'>;

function rowsOf<Filter, Sort extends string, Row, Item>(
  db: Db,
  list: StaffList<Filter, Sort, Row, Item>,
  filter: Filter,
  { sort, dir }: Order<Sort>,
  window?: ListWindow,
): Knex.QueryBuilder {
  const column = `${list.alias}.${list.sorts[sort]}`;
  const inOrder = (query: Knex.QueryBuilder, reversed = false) => {
    const direction = (dir === 'desc') !== reversed ? 'desc' : 'asc';
    return query.orderBy([
      { column, order: direction },
      { column: `${list.alias}.id`, order: direction },
    ]);
  };
  const page = list.found(db, filter).select(`${list.alias}.*`);
  if (!window) return inOrder(list.shown(db.from(page.as(list.alias))));
  const { fromEnd, limit, offset } = nearerEnd(window);
  return inOrder(list.shown(db.from(inOrder(page, fromEnd).limit(limit).offset(offset).as(list.alias))));
}

/** A page of the list. */
export async function listFound<Filter, Sort extends string, Row, Item>(
  db: Db,
  list: StaffList<Filter, Sort, Row, Item>,
  filter: Filter,
  window: StaffWindow<Sort>,
): Promise<Item[]> {
  const rows: Row[] = await rowsOf(db, list, filter, window, window);
  return rows.map(list.toItem);
}

/** All of it, as it is read. */
export const streamFound = <Filter, Sort extends string, Row, Item>(
  db: Db,
  list: StaffList<Filter, Sort, Row, Item>,
  filter: Filter,
  order: Order<Sort>,
): AsyncGenerator<Item, void> =>
  streamRows(db, rowsOf(db, list, filter, order) as Parameters<typeof streamRows<Row, Item>>[1], list.toItem);
