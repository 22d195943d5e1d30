import type { Knex } from 'knex';

/** Invitations to act for a customer or to join the staff, addresses that only get invoices, and who did what. */
export async function up(db: Knex) {
  await db.raw(`
    create table invitations (
      id bigint generated always as identity primary key,
      email citext not null,
      -- To be a member of a customer, with a role …
      customer_id bigint references customers on delete cascade,
      role text check (role in ('owner', 'billing', 'technical', 'reader')),
      rights text[] not null default '{}' check (rights <@ array['orders:place', 'orders:cancel', 'top-ups']),
      -- … or of the staff.
      staff_role text references staff_roles (code),
      invited_by bigint not null references users,
      -- Of the token in the link.
      hash bytea not null unique check (length(hash) = 32),
      created_at timestamptz not null,
      expires_at timestamptz not null,
      -- Accepted, withdrawn, or replaced by a newer one.
      used_at timestamptz,
      accepted_by bigint references users,
      check ((customer_id is null) = (staff_role is not null)),
      check ((customer_id is null) = (role is null))
    );
    create unique index invitations_open on invitations (coalesce(customer_id, 0), email) where used_at is null;
    create index invitations_invited_by on invitations (invited_by);

    -- Addresses that get a customer's invoices, without a user.
    create table billing_contacts (
      id bigint generated always as identity primary key,
      customer_id bigint not null references customers on delete cascade,
      email citext not null,
      locale text not null check (locale in ('en', 'ru')),
      added_at timestamptz not null,
      unique (customer_id, email)
    );

    -- Who paid from the balance, and who started a payment; null where the portal did so by itself.
    alter table ledger_transactions add column user_id bigint references users;
    alter table payments add column user_id bigint references users;
  `);
}

export async function down() {
  throw new Error('Migrations go forward only');
}
