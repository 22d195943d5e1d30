/** The rows of a list that are read; `found`, where it is known, are all of them. */
export interface ListWindow {
  limit: number;
  offset: number;
  found?: number;
}

/**
 * Where a page is read: one of the second half from the end, in the opposite order, so that the last page takes no
 * longer than the first.
 */
export function nearerEnd({ limit, offset, found = 0 }: ListWindow): ListWindow & { fromEnd: boolean } {
  const fromEnd = offset > found / 2 && offset < found;
  if (!fromEnd) return { fromEnd, limit, offset };
  return { fromEnd, limit: Math.min(limit, found - offset), offset: Math.max(0, found - offset - limit) };
}
