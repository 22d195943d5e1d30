import type { Knex } from 'knex';

/** What staff set by pages: who sells, from when on, and what the environment leaves open. */
export async function up(db: Knex) {
  await db.raw(`
    -- One of each name; what is not there is as the portal brings it.
    create table settings (
      name text primary key check (name ~ '^[a-z_]{1,60}$'),
      value jsonb not null,
      changed_by bigint not null references users,
      changed_at timestamptz not null
    );

    -- Who sells, by the day from which that is so. Invoices keep the one of their day.
    create table sellers (
      id bigint generated always as identity primary key,
      valid_from date not null unique,
      name text not null check (name <> '' and length(name) <= 120),
      address text not null default '' check (length(address) <= 500),
      registration text not null default '' check (length(registration) <= 120),
      vat text not null default '' check (length(vat) <= 200),
      bank text not null default '' check (length(bank) <= 500),
      -- Null: from the environment, when the table was empty.
      saved_by bigint references users,
      saved_at timestamptz not null,
      reason text not null default '' check (length(reason) <= 500)
    );

    create function announce_settings() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
    begin
      notify settings_changed;
      return null;
    end $$;
    create trigger settings_announced after insert or update or delete on settings
      for each statement execute function announce_settings();
    create trigger sellers_announced after insert or update or delete on sellers
      for each statement execute function announce_settings();

    alter table categories
      -- Days before the paid-until date from which renewals are invoiced, and with auto-renewal paid.
      add column invoice_days smallint not null default 5 check (invoice_days between 2 and 60),
      -- Days until a new order's invoice is due; unpaid then, the order is cancelled.
      add column due_days smallint not null default 7 check (due_days between 1 and 60);
    alter table categories alter column invoice_days drop default, alter column due_days drop default;

    alter table staff_roles
      drop constraint staff_roles_rights_check,
      add check (rights <@ array[
        'customers:view', 'customers:edit', 'customers:security', 'customers:block', 'orders:view', 'orders:act',
        'money:view', 'money:act', 'billing:view', 'billing:run', 'rates:view', 'rates:edit', 'catalog:view',
        'catalog:edit', 'audit:view', 'staff:view', 'staff:edit', 'settings:view', 'settings:edit'
      ]);
    update staff_roles
    set rights = rights || '{settings:view,settings:edit}'
    where 'staff:edit' = any(rights);
  `);
}

export async function down() {
  throw new Error('Migrations go forward only');
}
