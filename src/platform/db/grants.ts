import type { Db } from './database.ts';

/** The role that a connection string names. */
export const roleOf = (url: string) => decodeURIComponent(new URL(url).username);

/** Rows that are only ever added. */
const APPEND_ONLY = [
  'adjustments',
  'invoice_lines',
  'order_events',
  'top_up_purposes',
  'billing_run_items',
  'billing_failures',
  'renewal_notices',
  'rate_fetches',
  'plan_changes',
  'plan_change_parts',
  'ledger_transactions',
  'ledger_entries',
  'audit_log',
  'exchange_rates',
  'quotes',
  'webhook_events',
  'backups',
  'terms_consents',
];

/** The columns of a message that change: its state. */
const MAIL_COLUMNS = ['state', 'attempts', 'due_at', 'claimed_at', 'sent_at', 'last_error'];

/** The columns of a user that change; whether they are staff does not. */
const USER_COLUMNS = [
  'email',
  'password_hash',
  'locale',
  'theme',
  'display_currency',
  'order_columns',
  'disabled_at',
  'email_confirmed_at',
  'confirm_by',
  'password_changed_at',
];

async function databaseName(db: Db): Promise<string> {
  const { rows } = await db.raw<{ rows: { name: string }[] }>('select current_database() as name');
  return rows[0]?.name as string;
}

/** Gives the application's role what it needs and no more; nothing when it is the owner itself. */
export async function grantApplicationRole(db: Db, role: string, owner: string) {
  if (role === owner) return;
  const name = db.client.wrapIdentifier(role) as string;
  for (const schema of ['public', 'pgboss']) {
    await db.raw(`grant usage on schema ${schema} to ${name}`);
    await db.raw(`grant select, insert, update, delete on all tables in schema ${schema} to ${name}`);
    await db.raw(`grant usage, select on all sequences in schema ${schema} to ${name}`);
  }
  await db.raw(`grant execute on all functions in schema pgboss to ${name}`);
  await db.raw(`grant execute on function remove_unconfirmed_accounts, change_staff_member to ${name}`);
  await db.raw(`revoke insert, update, delete on staff_roles from ${name}`);
  await db.raw(`revoke all on migrations, migrations_lock from ${name}`);
  await db.raw(`grant select on migrations to ${name}`);
  for (const table of APPEND_ONLY) await db.raw(`revoke update, delete on ${table} from ${name}`);
  // Locking a row takes the right to update some column of it: this one, which a trigger keeps unchanged.
  await db.raw(`revoke update, delete on ledger_accounts from ${name}`);
  await db.raw(`grant update (gateway) on ledger_accounts to ${name}`);
  await db.raw(`revoke update, delete on order_options from ${name}`);
  await db.raw(`grant update (ends_on) on order_options to ${name}`);
  await db.raw(`revoke update on sign_ins from ${name}`);
  await db.raw(`revoke update, delete on users from ${name}`);
  await db.raw(`grant update (${USER_COLUMNS.join(', ')}) on users to ${name}`);
  await db.raw(`revoke update, delete on mails from ${name}`);
  await db.raw(`grant update (${MAIL_COLUMNS.join(', ')}) on mails to ${name}`);
  await db.raw(`revoke insert, update, delete on installation from ${name}`);
  await db.raw(`grant update (production_since) on installation to ${name}`);
  // Temporary objects could hide real ones of the same name.
  await db.raw(
    `revoke temporary on database ${db.client.wrapIdentifier(await databaseName(db)) as string} from public`,
  );
}
