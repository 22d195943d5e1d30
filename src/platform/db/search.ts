export type Direction = 'asc' | 'desc';

/** Text for LIKE that finds it anywhere, with LIKE's own signs taken literally. */
export function likeAnywhere(term: string): string {
  return `%${term.replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
}
