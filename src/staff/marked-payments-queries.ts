import type { Db } from '../db/database.ts';

/** Payments that were credited but are not what was asked for (rule T6). */
export async function countMarkedPayments(db: Db): Promise<number> {
  const row = await db('payments').whereNotNull('marked_for').first<{ count: number }>(db.raw('count(*) as count'));
  return row.count;
}
