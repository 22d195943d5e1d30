import type { ListWindow } from '../platform/db/list-window.ts';
import { type ListPosition, type Paging, paging } from './list-address.ts';

const foundIn = (counts: number | { found: number }) => (typeof counts === 'number' ? counts : counts.found);

/**
 * A page of a list and what is counted of it. The first page, which most people look at, is asked for together with the
 * counts; where another one is depends on them.
 */
export async function readPage<Counts extends number | { found: number }, Item>(
  query: ListPosition,
  count: () => Promise<Counts>,
  read: (window: ListWindow) => Promise<Item[]>,
): Promise<{ counts: Counts; items: Item[]; paging: Paging }> {
  if (query.page === 1) {
    const [counts, items] = await Promise.all([count(), read({ limit: query.per, offset: 0 })]);
    return { counts, items, paging: paging(foundIn(counts), query) };
  }
  const counts = await count();
  const found = foundIn(counts);
  const position = paging(found, query);
  return { counts, items: await read({ limit: position.per, offset: position.offset, found }), paging: position };
}
