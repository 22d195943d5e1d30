import type { Day } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { likeAnywhere, whereInDays } from '../../platform/db/search.ts';
import type { AuditAction } from '../audit/record-audit.ts';
import type { StaffList } from './staff-list.ts';

export interface AuditFilter {
  /** A part of the e-mail of who did it. */
  q: string;
  action?: AuditAction | undefined;
  customer?: number | undefined;
  /** Days, both included. */
  from?: Day | undefined;
  to?: Day | undefined;
  /** Days begin at midnight in this time zone. */
  timeZone: string;
}

export const AUDIT_SORTS = ['at'] as const;

export interface AuditItem {
  id: number;
  at: Date;
  /** The e-mail of who did it; null for the portal itself. */
  by: string | null;
  /** The role that they had then. */
  role: string | null;
  action: AuditAction;
  subjectType: string;
  subjectId: string;
  customerId: number | null;
  reason: string;
  /** What changed; what of it there is depends on the action. */
  details: Record<string, unknown>;
}

interface Row {
  id: number;
  at: Date;
  email: string | null;
  role: string | null;
  action: AuditAction;
  subject_type: string;
  subject_id: string;
  customer_id: number | null;
  reason: string;
  details: Record<string, unknown>;
}

/** Who changed what. */
export const auditLog: StaffList<AuditFilter, (typeof AUDIT_SORTS)[number], Row, AuditItem> = {
  alias: 'a',
  sorts: { at: 'at' },
  found(db: Db, filter) {
    const query = db('audit_log as a');
    if (filter.q)
      void query.whereRaw('a.user_id in (select id from users where lower(email::text) like ?)', [
        likeAnywhere(filter.q.toLowerCase()),
      ]);
    if (filter.action) void query.where('a.action', filter.action);
    if (filter.customer) void query.where('a.customer_id', filter.customer);
    whereInDays(query, 'a.at', filter);
    return query;
  },
  shown: (page) =>
    page
      .leftJoin('users as u', 'u.id', 'a.user_id')
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
      ),
  toItem: (row) => ({
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
  }),
};
