import type { Db } from '../../platform/db/database.ts';
import type { Locale } from '../../platform/i18n/locale.ts';
import { Money } from '../money/money.ts';

export type StaffRole = 'support' | 'billing' | 'admin';
export type Theme = 'system' | 'light' | 'dark';

interface Person {
  userId: number;
  email: string;
  locale: Locale;
  theme: Theme;
}

/** Who is signed in, with what the header of every page shows; read again on each request. */
export interface CustomerViewer extends Person {
  kind: 'customer';
  customerId: number;
  name: string;
  displayCurrency: string | null;
  orderColumns: string[];
  /** Nothing is missing that has to be known before anything is paid (rule P1). */
  profileComplete: boolean;
  balance: Money;
}

export interface StaffViewer extends Person {
  kind: 'staff';
  role: StaffRole;
  name: string;
}

export type Viewer = CustomerViewer | StaffViewer;

interface ViewerRow {
  id: number;
  email: string;
  locale: Locale;
  theme: Theme;
  staff_role: StaffRole | null;
  customer_id: number | null;
  display_currency: string | null;
  order_columns: string[];
  customer_name: string | null;
  profile_complete: boolean | null;
  balance: string | null;
  account_currency: string | null;
}

/** SQL: what a customer is called, of `customers as c`; empty while the profile is. */
export const CUSTOMER_NAME = `coalesce(nullif(c.company_name, ''), trim(c.first_name || ' ' || c.last_name))`;

/** The first query of a request is the one that meets a database that does not answer. */
const PATIENCE_MS = 5_000;

/**
 * A session that is still valid with its user and, for a customer's, the balance: all that a request begins with, in
 * one query. The viewer is null for a user who is missing or disabled.
 */
export async function findSession(db: Db, sid: string): Promise<{ data: unknown; viewer: Viewer | null } | null> {
  const query = db.raw<{ rows: ({ sess: unknown } & (ViewerRow | { id: null }))[] }>(
    `select s.sess,
       u.id, u.email, u.locale, u.theme, u.staff_role, u.customer_id, u.display_currency, u.order_columns,
       ${CUSTOMER_NAME} as customer_name, is_profile_complete(c) as profile_complete,
       a.balance, a.currency as account_currency
     from sessions s
     left join users u on u.id = (s.sess #>> '{passport,user}')::bigint and u.disabled_at is null
     left join customers c on c.id = u.customer_id
     left join ledger_accounts a on a.customer_id = u.customer_id and a.kind = 'customer_balance'
     where s.sid = ?
       and s.expire >= now()`,
    [sid],
  );
  const { rows } = await query.timeout(PATIENCE_MS);
  const [row] = rows;
  return row ? { data: row.sess, viewer: row.id === null ? null : toViewer(row) } : null;
}

function toViewer(row: ViewerRow): Viewer {
  const person = { userId: row.id, email: row.email, locale: row.locale, theme: row.theme };
  if (row.staff_role) return { ...person, kind: 'staff', role: row.staff_role, name: row.email };
  return {
    ...person,
    kind: 'customer',
    customerId: row.customer_id as number,
    name: row.customer_name || row.email,
    displayCurrency: row.display_currency,
    orderColumns: row.order_columns,
    profileComplete: row.profile_complete === true,
    balance: Money.of(row.balance as string, row.account_currency as string),
  };
}

export interface Credentials {
  id: number;
  passwordHash: string;
  disabled: boolean;
}

export async function findCredentials(db: Db, email: string): Promise<Credentials | null> {
  const row = await db('users')
    .where({ email })
    .first<{ id: number; password_hash: string; disabled_at: Date | null } | undefined>(
      'id',
      'password_hash',
      'disabled_at',
    );
  return row ? { id: row.id, passwordHash: row.password_hash, disabled: row.disabled_at !== null } : null;
}
