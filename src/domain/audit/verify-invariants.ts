import type { Db } from '../../platform/db/database.ts';
import { INVARIANTS } from './invariants.ts';

export interface Verdict {
  id: string;
  name: string;
  /** How many rows it looked at. */
  rows: number;
  /** The first rows that break it; empty when it holds. */
  offenders: Record<string, unknown>[];
}

/** Offending rows that are shown for an invariant at most. */
const SHOWN = 10;

export const INVARIANT_IDS: readonly string[] = INVARIANTS.map(({ id }) => id);

/**
 * Checks the invariants against a database, one after the other.
 * @param db best one snapshot: a transaction of the isolation level "repeatable read"
 * @param ids of those to check, all unless said
 */
export async function verifyInvariants(db: Db, ids = INVARIANT_IDS): Promise<Verdict[]> {
  const asked = INVARIANTS.filter(({ id }) => ids.includes(id));
  const counts = await countRows(db, [...new Set(asked.flatMap(({ looksAt }) => looksAt))]);
  const verdicts: Verdict[] = [];
  for (const { id, name, looksAt, offenders } of asked) {
    const { rows: broken } = await db.raw<{ rows: Record<string, unknown>[] }>(
      `select *
       from (${offenders}) broken
       limit ${SHOWN}`,
    );
    const rows = looksAt.reduce((sum, source) => sum + (counts.get(source) ?? 0), 0);
    verdicts.push({ id, name, rows, offenders: broken });
  }
  return verdicts;
}

async function countRows(db: Db, sources: string[]): Promise<Map<string, number>> {
  const each = sources.map((source, index) => `select ${index} as source, count(*) as rows from ${source} counted`);
  const { rows } = await db.raw<{ rows: { source: number; rows: number }[] }>(each.join(' union all '));
  return new Map(rows.map((row) => [sources[row.source] as string, row.rows]));
}
