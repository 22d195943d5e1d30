import type { Db } from '../../platform/db/database.ts';
import { likeAnywhere } from '../../platform/db/search.ts';
import { CUSTOMER_NAME } from '../identity/user-queries.ts';
import type { StaffList } from './staff-list.ts';

export interface StaffUserFilter {
  /** A part of the e-mail. */
  q: string;
  kind?: 'member' | 'staff' | undefined;
  hasFactor?: boolean | undefined;
  disabled?: boolean;
}

export const STAFF_USER_SORTS = ['id'] as const;

/** Somebody who can sign in. */
export interface StaffUser {
  id: number;
  email: string;
  kind: 'member' | 'staff';
  /** Of staff. */
  role: string | null;
  /** The customers that they may act for; none of staff. */
  customers: { id: number; name: string }[];
  hasFactor: boolean;
  confirmed: boolean;
  disabled: boolean;
  /** The last request of any session that is kept, or the last sign-in. */
  lastSeenAt: Date | null;
  createdAt: Date;
}

interface Row {
  id: number;
  email: string;
  kind: 'member' | 'staff';
  staff_role: string | null;
  customers: { id: number; name: string | null }[] | null;
  has_factor: boolean;
  email_confirmed_at: Date | null;
  disabled_at: Date | null;
  last_seen_at: Date | null;
  created_at: Date;
}

const FACTOR = 'exists (select from totp_factors where user_id = u.id)';

/** Everybody who can sign in. */
export const staffUsers: StaffList<StaffUserFilter, (typeof STAFF_USER_SORTS)[number], Row, StaffUser> = {
  alias: 'u',
  sorts: { id: 'id' },
  found(db: Db, filter) {
    const query = db('users as u');
    if (filter.q) void query.whereRaw('lower(u.email::text) like ?', [likeAnywhere(filter.q.toLowerCase())]);
    if (filter.kind) void query.where('u.kind', filter.kind);
    if (filter.hasFactor !== undefined) void query.whereRaw(`${filter.hasFactor ? '' : 'not '}${FACTOR}`);
    if (filter.disabled) void query.whereNotNull('u.disabled_at');
    return query;
  },
  shown: (page) =>
    page.select(
      'u.id',
      'u.email',
      'u.kind',
      'u.staff_role',
      'u.email_confirmed_at',
      'u.disabled_at',
      'u.created_at',
      page.client.raw(`${FACTOR} as has_factor`),
      page.client.raw(
        `(
           select jsonb_agg(jsonb_build_object('id', c.id, 'name', ${CUSTOMER_NAME}) order by m.id)
           from memberships m
           join customers c on c.id = m.customer_id
           where m.user_id = u.id
         ) as customers`,
      ),
      page.client.raw(
        `greatest(
           (select max(seen_at) from sessions where user_id = u.id),
           (select at from sign_ins where user_id = u.id and outcome = 'signed_in' order by id desc limit 1)
         ) as last_seen_at`,
      ),
    ),
  toItem: (row) => ({
    id: row.id,
    email: row.email,
    kind: row.kind,
    role: row.staff_role,
    customers: (row.customers ?? []).map(({ id, name }) => ({ id, name: name ?? '' })),
    hasFactor: row.has_factor,
    confirmed: row.email_confirmed_at !== null,
    disabled: row.disabled_at !== null,
    lastSeenAt: row.last_seen_at,
    createdAt: row.created_at,
  }),
};
