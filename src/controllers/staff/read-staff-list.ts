import { countFound, listFound, MOST_COUNTED, type StaffList } from '../../domain/desk/staff-list.ts';
import type { Direction } from '../../platform/db/search.ts';
import { linksOf, listHref, type Paging, paging, type QueryValues } from '../../web/list-address.ts';
import type { StaffRequest } from '../../web/request-context.ts';

interface ListQuery<Sort extends string> {
  sort: Sort;
  dir: Direction;
  page: number;
  per: number;
}

/** What the view of a list needs besides its rows. */
export interface ShownList {
  items: readonly unknown[];
  query: { q?: string; sort: string; dir: Direction; per: number };
  paging: Paging;
  /** How many filters are set, the search left out. */
  set: number;
  /** Something is searched for or filtered. */
  filtered: boolean;
  path: string;
  href: (changes: QueryValues) => string;
  csvHref: string;
}

/** Fields of a list's address that are no filters. */
const POSITION = ['sort', 'dir', 'page', 'per'];

/**
 * A page of a list of staff's with what its view needs besides: where it is, its links, how many filters are set. Rows
 * beyond those that are counted are reached by filters.
 */
export async function readStaffList<Filter, Sort extends string, Row, Item>(
  { db, req }: StaffRequest,
  list: StaffList<Filter, Sort, Row, Item>,
  query: ListQuery<Sort> & QueryValues,
  filter: Filter,
) {
  const { sort, dir, page, per } = query;
  const read = (limit: number, offset: number, found?: number) =>
    listFound(db, list, filter, { sort, dir, limit, offset, ...(found !== undefined && { found }) });
  const first = page === 1 ? read(per, 0) : null;
  const counted = await countFound(db, list, filter);
  const more = counted > MOST_COUNTED;
  const position = { ...paging(Math.min(counted, MOST_COUNTED), { page, per }), more };
  const items = first ? await first : await read(position.per, position.offset, more ? undefined : counted);
  const filters = Object.entries(query).filter(([name, value]) => !POSITION.includes(name) && value);
  return {
    items,
    query,
    paging: position,
    set: filters.filter(([name]) => name !== 'q').length,
    filtered: filters.length > 0,
    path: req.path,
    href: linksOf(req.path, query),
    csvHref: listHref(`${req.path}.csv`, query, { page: undefined, per: undefined }),
  };
}
