import type { Knex } from 'knex';
import type { Day } from '../clock.ts';

export type Direction = 'asc' | 'desc';

/** Text for LIKE that finds it anywhere, with LIKE's own signs taken literally. */
export function likeAnywhere(term: string): string {
  return `%${term.replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
}

/** Days of a list, both included; a day begins at midnight in the time zone. */
export interface DayRange {
  from?: Day | undefined;
  to?: Day | undefined;
  timeZone: string;
}

/** Keeps the rows whose moment is on these days. @param column with its alias: it becomes part of the SQL */
export function whereInDays(query: Knex.QueryBuilder, column: string, { from, to, timeZone }: DayRange): void {
  if (from) void query.whereRaw(`${column} >= (?::date)::timestamp at time zone ?`, [from, timeZone]);
  if (to) void query.whereRaw(`${column} < (?::date + 1)::timestamp at time zone ?`, [to, timeZone]);
}
