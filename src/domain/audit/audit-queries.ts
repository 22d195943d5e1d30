import type { Db } from '../../platform/db/database.ts';
import type { AuditEntry } from './record-audit.ts';

export interface AuditItem {
  id: number;
  at: Date;
  /** The e-mail of who did it; null for the portal itself. */
  by: string | null;
  /** The role that they had then. */
  role: string | null;
  action: AuditEntry['action'];
  subjectType: string;
  subjectId: string;
  customerId: number | null;
  reason: string;
  /** What changed; what of it there is depends on the action. */
  details: Record<string, unknown>;
}

/** Who changed what, newest first. */
export async function listAudit(db: Db, { limit, offset }: { limit: number; offset: number }): Promise<AuditItem[]> {
  const rows = await db('audit_log as a')
    .leftJoin('users as u', 'u.id', 'a.user_id')
    .orderBy([
      { column: 'a.at', order: 'desc' },
      { column: 'a.id', order: 'desc' },
    ])
    .limit(limit)
    .offset(offset)
    .select(
      'a.id',
      'a.at',
      'u.email',
      'a.role',
      'a.action',
      'a.subject_type',
      'a.subject_id',
      'a.customer_id',
      'a.reason',
      'a.details',
    );
  return rows.map((row) => ({
    id: row.id,
    at: row.at,
    by: row.email,
    role: row.role,
    action: row.action,
    subjectType: row.subject_type,
    subjectId: row.subject_id,
    customerId: row.customer_id,
    reason: row.reason,
    details: row.details,
  }));
}

export async function countAudit(db: Db): Promise<number> {
  const row = await db('audit_log').first<{ count: number }>(db.raw('count(*) as count'));
  return row.count;
}
