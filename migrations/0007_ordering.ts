import type { Knex } from 'knex';

export async function up(db: Knex) {
  await db.raw(`
    create table address_pools (
      id bigint generated always as identity primary key,
      code text not null unique
    );

    alter table plans
      add column sold_out boolean not null default false,
      -- Where a paid order gets its address from by itself; without one, staff assign it.
      add column address_pool_id bigint references address_pools;

    create table plan_setup_fees (
      plan_id bigint not null references plans,
      currency char(3) not null references currencies,
      fee numeric(20, 4) not null check (fee > 0),
      primary key (plan_id, currency),
      check (fits_minor_unit(fee, currency))
    );

    -- An address belongs to one order at a time, by its row; after its release it rests for a while.
    create table pool_addresses (
      address inet primary key,
      pool_id bigint not null references address_pools,
      order_id bigint unique references orders,
      released_at timestamptz,
      check (order_id is null or released_at is null)
    );
    create index pool_addresses_free on pool_addresses (pool_id, released_at, address) where order_id is null;

    -- A form that is sent twice places one order.
    alter table orders add column placement_key uuid;
    create unique index orders_placement on orders (customer_id, placement_key) where placement_key is not null;
    -- Whatever gave it, an address serves one order.
    create unique index orders_one_per_address on orders (ip) where ip is not null and status <> 'cancelled';
    create index orders_waiting on orders (id) where status = 'provisioning';
  `);
}

export async function down() {
  throw new Error('Migrations go forward only');
}
