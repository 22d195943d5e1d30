import type { Knex } from 'knex';

/** How a customer gets into a server: the public keys they keep, the one an order was placed with, what a plan says. */
export async function up(db: Knex) {
  await db.raw(`
    create table ssh_keys (
      id bigint generated always as identity primary key,
      customer_id bigint not null references customers,
      name text not null check (length(name) between 1 and 100),
      -- Type and key, as in authorized_keys, without the comment.
      public_key text not null check (length(public_key) <= 4000),
      fingerprint text not null,
      added_at timestamptz not null,
      unique (customer_id, fingerprint)
    );

    -- As it was when the server was ordered, with its comment; empty without one.
    alter table orders add column ssh_key text not null default '' check (length(ssh_key) <= 4200);

    -- What the customer is told once the server has its address, by language; null for the portal's own words.
    alter table plans add column how_to_connect jsonb
      check (how_to_connect ->> 'en' <> '' and how_to_connect ->> 'ru' <> '');
  `);
}

export async function down() {
  throw new Error('Migrations go forward only');
}
