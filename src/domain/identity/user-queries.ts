import type { Db } from '../../platform/db/database.ts';
import type { Locale } from '../../platform/i18n/locale.ts';
import { NotFound } from '../errors.ts';
import { Money } from '../money/money.ts';
import type { Membership } from './members.ts';
import {
  type ExtraRight,
  type MemberRight,
  memberRights,
  type MemberRole,
  needsConfirmedEmail,
  type StaffRight,
} from './rights.ts';

export type Theme = 'system' | 'light' | 'dark';

interface SignedInPerson {
  userId: number;
  email: string;
  locale: Locale;
  theme: Theme;
  /** Mail to the address is known to arrive. */
  confirmed: boolean;
  /** They are asked for a code after the password. */
  hasFactor: boolean;
}

/** Who is signed in, with what the header of every page shows; read again on each request. */
export interface CustomerViewer extends SignedInPerson {
  kind: 'customer';
  /** The customer that they act for; they may be a member of several. */
  customerId: number;
  name: string;
  role: MemberRole;
  /** Without those that wait for the e-mail to be confirmed. */
  rights: ReadonlySet<MemberRight>;
  /** Those. */
  waitingRights: ReadonlySet<MemberRight>;
  /** What staff say to a customer whom they have blocked; null for all others. */
  blocked: string | null;
  /** How many customers they are a member of. */
  memberships: number;
  displayCurrency: string | null;
  orderColumns: string[];
  /** Nothing is missing that has to be known before anything is paid (rule P1). */
  profileComplete: boolean;
  balance: Money;
}

export interface StaffViewer extends SignedInPerson {
  kind: 'staff';
  /** The code of their role. */
  role: string;
  rights: ReadonlySet<StaffRight>;
  name: string;
}

/** Somebody who was removed from every customer they were a member of, or whom an invitation waits for. */
interface LoneViewer extends SignedInPerson {
  kind: 'lone';
  name: string;
}

export type Viewer = CustomerViewer | StaffViewer | LoneViewer;

interface ViewerRow {
  id: number;
  email: string;
  locale: Locale;
  theme: Theme;
  confirmed: boolean;
  has_factor: boolean;
  staff_role: string | null;
  staff_rights: StaffRight[] | null;
  customer_id: number | null;
  role: MemberRole;
  extra_rights: ExtraRight[];
  memberships: number;
  block_text: string | null;
  display_currency: string | null;
  order_columns: string[];
  customer_name: string | null;
  profile_complete: boolean | null;
  balance: string | null;
  account_currency: string | null;
}

interface SessionRow {
  sess: unknown;
  session_id: number;
  begun_at: Date;
  seen_at: Date;
}

export interface FoundSession {
  id: number;
  data: unknown;
  /** Null where the user is disabled. */
  viewer: Viewer | null;
  createdAt: Date;
  seenAt: Date;
}

/** SQL: whether a user has a second factor. */
const HAS_FACTOR = (userId: string) => `exists (select from totp_factors where user_id = ${userId})`;

/** SQL: what a customer is called, of `customers as c`; empty while the profile is. */
export const CUSTOMER_NAME = `coalesce(nullif(c.company_name, ''), trim(c.first_name || ' ' || c.last_name))`;

/** The first query of a request is the one that meets a database that does not answer. */
const PATIENCE_MS = 5_000;

/**
 * A session that is still valid with its user and, for a customer's, the balance: all that a request begins with, in
 * one query.
 */
export async function findSession(db: Db, sid: string): Promise<FoundSession | null> {
  const query = db.raw<{ rows: (SessionRow & (ViewerRow | { id: null }))[] }>(
    `select s.sess, s.id as session_id, s.created_at as begun_at, s.seen_at,
       u.id, u.email, u.locale, u.theme, u.email_confirmed_at is not null as confirmed,
       ${HAS_FACTOR('u.id')} as has_factor, u.staff_role,
       r.rights as staff_rights, u.display_currency, u.order_columns,
       m.customer_id, m.role, m.rights as extra_rights,
       (select count(*) from memberships where user_id = u.id) as memberships,
       case when c.blocked_at is not null then c.block_text end as block_text,
       ${CUSTOMER_NAME} as customer_name, is_profile_complete(c) as profile_complete,
       a.balance, a.currency as account_currency
     from sessions s
     left join users u on u.id = s.user_id and u.disabled_at is null
     left join staff_roles r on r.code = u.staff_role
     left join memberships m on m.user_id = u.id and m.customer_id = s.customer_id
     left join customers c on c.id = m.customer_id
     left join ledger_accounts a on a.customer_id = m.customer_id and a.kind = 'customer_balance'
     where s.sid = ?
       and s.expire >= now()`,
    [sid],
  );
  const { rows } = await query.timeout(PATIENCE_MS);
  const [row] = rows;
  if (!row) return null;
  if (row.id !== null && actsForNobody(row)) {
    await actForFirst(db, row.session_id, row.id);
    return findSession(db, sid);
  }
  return {
    id: row.session_id,
    data: row.sess,
    viewer: row.id === null ? null : toViewer(row),
    createdAt: row.begun_at,
    seenAt: row.seen_at,
  };
}

/** A member of customers whose session acts for none: they joined after signing in, or were removed from that one. */
const actsForNobody = ({ staff_role: role, customer_id: customerId, memberships }: ViewerRow) =>
  role === null && customerId === null && memberships > 0;

async function actForFirst(db: Db, sessionId: number, userId: number): Promise<void> {
  await db.raw(
    `update sessions
     set customer_id = (select customer_id from memberships where user_id = :userId order by id limit 1)
     where id = :sessionId`,
    { sessionId, userId },
  );
}

function toViewer(row: ViewerRow): Viewer {
  const { id, email, locale, theme, confirmed, has_factor: hasFactor } = row;
  const person = { userId: id, email, locale, theme, confirmed, hasFactor };
  if (row.staff_role)
    return { ...person, kind: 'staff', role: row.staff_role, rights: new Set(row.staff_rights), name: email };
  if (row.customer_id === null) return { ...person, kind: 'lone', name: email };
  const waits = (right: MemberRight) => !confirmed && needsConfirmedEmail(right);
  const rights = [...memberRights(row.role, row.extra_rights)];
  return {
    ...person,
    kind: 'customer',
    customerId: row.customer_id,
    role: row.role,
    rights: new Set(rights.filter((right) => !waits(right))),
    waitingRights: new Set(rights.filter(waits)),
    blocked: row.block_text,
    memberships: row.memberships,
    name: row.customer_name || email,
    displayCurrency: row.display_currency,
    orderColumns: row.order_columns,
    profileComplete: row.profile_complete === true,
    balance: Money.of(row.balance as string, row.account_currency as string),
  };
}

export interface Credentials {
  id: number;
  email: string;
  passwordHash: string;
  disabled: boolean;
  isStaff: boolean;
  hasFactor: boolean;
}

export const findCredentials = (db: Db, email: string): Promise<Credentials | null> => credentialsWhere(db, { email });

/** Those of a user who is signed in. */
export const findCredentialsOf = (db: Db, userId: number): Promise<Credentials | null> =>
  credentialsWhere(db, { id: userId });

interface CredentialsRow {
  id: number;
  email: string;
  password_hash: string;
  disabled_at: Date | null;
  staff_role: string | null;
  has_factor: boolean;
}

async function credentialsWhere(db: Db, where: { email: string } | { id: number }): Promise<Credentials | null> {
  const row = await db('users')
    .where(where)
    .first<CredentialsRow | undefined>(
      'id',
      'email',
      'password_hash',
      'disabled_at',
      'staff_role',
      db.raw(`${HAS_FACTOR('users.id')} as has_factor`),
    );
  if (!row) return null;
  return {
    id: row.id,
    email: row.email,
    passwordHash: row.password_hash,
    disabled: row.disabled_at !== null,
    isStaff: row.staff_role !== null,
    hasFactor: row.has_factor,
  };
}

/** When a user chose their password; null where it is the first one. */
export async function getPasswordChangedAt(db: Db, userId: number): Promise<Date | null> {
  const row = await db('users')
    .where({ id: userId })
    .first<{ password_changed_at: Date | null }>('password_changed_at');
  return row.password_changed_at;
}

/** Who somebody is, for judging a password. */
export interface Person {
  kind: 'staff' | 'customer';
  email: string;
  name: string;
  hasFactor: boolean;
}

/** Of a user who is not signed in; the name of a customer that they own. */
export async function findPerson(db: Db, userId: number): Promise<Person> {
  const { rows } = await db.raw<{
    rows: { kind: 'member' | 'staff'; email: string; name: string | null; has_factor: boolean }[];
  }>(
    `select u.kind, u.email, ${HAS_FACTOR('u.id')} as has_factor,
       (
         select ${CUSTOMER_NAME}
         from memberships m
         join customers c on c.id = m.customer_id
         where m.user_id = u.id
           and m.role = 'owner'
         order by m.id
         limit 1
       ) as name
     from users u
     where u.id = ?`,
    [userId],
  );
  const [row] = rows;
  if (!row) throw new NotFound();
  return {
    kind: row.kind === 'staff' ? 'staff' : 'customer',
    email: row.email,
    name: row.name ?? '',
    hasFactor: row.has_factor,
  };
}

/** The customers that a user may act for. */
export async function listMemberships(db: Db, userId: number): Promise<Membership[]> {
  const rows = await db('memberships as m')
    .join('customers as c', 'c.id', 'm.customer_id')
    .where({ 'm.user_id': userId })
    .orderBy('m.id')
    .select<{ id: number; customer_id: number; role: MemberRole; name: string | null }[]>(
      'm.id',
      'm.customer_id',
      'm.role',
      db.raw(`${CUSTOMER_NAME} as name`),
    );
  return rows.map((row) => ({ id: row.id, customerId: row.customer_id, role: row.role, name: row.name ?? '' }));
}
