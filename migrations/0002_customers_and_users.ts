import type { Knex } from 'knex';

export async function up(db: Knex) {
  await db.raw(`
    create table customers (
      id bigint generated always as identity (start with 1001) primary key,
      kind text not null check (kind in ('person', 'company')),
      account_currency char(3) not null references currencies,
      first_name text not null default '',
      last_name text not null default '',
      company_name text not null default '',
      registration_number text not null default '',
      vat_number text not null default '',
      country text not null default '' check (country = '' or country ~ '^[A-Z]{2}$'),
      city text not null default '',
      address text not null default '',
      postal_code text not null default '',
      phone text not null default '',
      auto_renewal boolean not null default false,
      created_at timestamptz not null
    );

    -- A user signs in: either one of a customer's (there may be several), or staff with a role.
    create table users (
      id bigint generated always as identity primary key,
      email citext not null unique,
      password_hash text not null,
      customer_id bigint references customers,
      staff_role text check (staff_role in ('support', 'billing', 'admin')),
      locale text not null default 'en' check (locale in ('en', 'ru')),
      theme text not null default 'system' check (theme in ('system', 'light', 'dark')),
      display_currency char(3) references currencies,
      notifications text[] not null default '{invoices,payments,renewals,news}',
      order_columns text[] not null default '{}',
      disabled_at timestamptz,
      created_at timestamptz not null,
      check ((customer_id is null) <> (staff_role is null))
    );
    create index users_customer on users (customer_id);
    alter table rate_proposals add foreign key (decided_by) references users;

    create table sessions (
      sid text primary key,
      sess json not null,
      expire timestamptz not null
    );
    create index sessions_expire on sessions (expire);

    -- The shape that rate-limiter-flexible works with.
    create table throttles (
      key varchar(255) primary key,
      points integer not null default 0,
      expire bigint
    );

    create table audit_log (
      id bigint generated always as identity primary key,
      at timestamptz not null,
      user_id bigint not null references users,
      action text not null,
      subject_type text not null,
      subject_id text not null,
      customer_id bigint references customers,
      reason text not null default '',
      details jsonb not null default '{}'
    );
    create index audit_log_at on audit_log (at desc, id desc);
    create index audit_log_subject on audit_log (subject_type, subject_id);
    create trigger audit_log_immutable before update or delete on audit_log for each row execute function refuse_change();
    create trigger audit_log_not_truncated before truncate on audit_log execute function refuse_change();
  `);
}

export async function down() {
  throw new Error('Migrations go forward only');
}
