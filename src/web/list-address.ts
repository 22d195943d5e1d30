import { z } from 'zod';
import { isDay } from '../platform/clock.ts';
import type { Direction } from '../platform/db/search.ts';

export const PAGE_SIZES = [10, 25, 50, 100] as const;
const DEFAULT_PAGE_SIZE = 25;

/**
 * What every list's address may hold; whatever else it says, odd values included, is ignored, so that an old or a
 * mistyped link still shows the list.
 */
export const listFields = <S extends [string, ...string[]]>(sorts: S, sort: S[number], dir: Direction) => ({
  q: z
    .string()
    .transform((value) => value.trim().slice(0, 100))
    .catch(''),
  sort: z.enum(sorts).catch(sort),
  dir: z.enum(['asc', 'desc']).catch(dir),
  page: z
    .string()
    .regex(/^[1-9]\d{0,5}$/)
    .transform(Number)
    .catch(1),
  per: z.string().transform(Number).pipe(z.literal(PAGE_SIZES)).catch(DEFAULT_PAGE_SIZE),
});

export const choice = <const C extends readonly [string, ...string[]]>(choices: C) =>
  z.enum(choices).optional().catch(undefined);
export const dayField = z.string().refine(isDay).optional().catch(undefined);
/** The number of a row. */
export const idField = z
  .string()
  .regex(/^[1-9]\d{0,11}$/)
  .transform(Number)
  .optional()
  .catch(undefined);
/** A code, as plans and locations have. */
export const codeField = z
  .string()
  .regex(/^[A-Za-z0-9-]{1,60}$/)
  .optional()
  .catch(undefined);
export const amountField = z
  .string()
  .trim()
  // With the sign or the code of its currency too, as people copy it.
  .regex(/^(\p{Sc}|[A-Z]{3})?\s*\d{1,12}([.,]\d{1,4})?\s*(\p{Sc}|[A-Z]{3})?$/u)
  .transform((value) => value.replace(/[^\d.,]/g, '').replace(',', '.'))
  .optional()
  .catch(undefined);

export interface ListPosition {
  page: number;
  per: number;
}

export interface Paging extends ListPosition {
  count: number;
  pages: number;
  /** The first and the last row shown, counted from 1. */
  first: number;
  last: number;
  offset: number;
  /** There are more than were counted. */
  more?: boolean;
}

/** Where in a list of `count` rows the asked page is; a page past the end becomes the last one. */
export function paging(count: number, { page, per }: ListPosition): Paging {
  const pages = Math.max(1, Math.ceil(count / per));
  const shown = Math.min(page, pages);
  const offset = (shown - 1) * per;
  return {
    page: shown,
    per,
    count,
    pages,
    first: count === 0 ? 0 : offset + 1,
    last: Math.min(offset + per, count),
    offset,
  };
}

/** The pages that the foot of a list links to: the first, the last, and those beside this one; null for a gap. */
export function pageNumbers({ page, pages }: Paging): (number | null)[] {
  const near = [1, page - 1, page, page + 1, pages].filter((number) => number >= 1 && number <= pages);
  const numbers = [...new Set(near)];
  return numbers.flatMap((number, index) => {
    const before = numbers[index - 1] ?? 0;
    if (number - before === 1) return [number];
    return number - before === 2 ? [number - 1, number] : [null, number];
  });
}

export type QueryValues = Record<string, string | number | undefined>;

/** The same list with some of its address changed; empty values are left out, so that addresses stay short. */
export function listHref(path: string, query: QueryValues, changes: QueryValues): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...query, ...changes }))
    if (value !== undefined && value !== '') search.set(name, String(value));
  const text = search.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** What a list's view makes the addresses of its links with. */
export const linksOf = (path: string, query: QueryValues) => (changes: QueryValues) => listHref(path, query, changes);
