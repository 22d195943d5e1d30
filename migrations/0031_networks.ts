import type { Knex } from 'knex';

/**
 * Pools of addresses become networks, each in a location; an order takes its address when it is placed. Processes of the
 * version before place and pay no orders beside it: stop them first.
 */
export async function up(db: Knex) {
  await db.raw(`
    -- How a paid order of the category gets its server: by an address of a network in its location, or by staff.
    alter table categories
      add column provisioning text not null default 'by_hand' check (provisioning in ('automatic', 'by_hand'));
    update categories
    set provisioning = 'automatic'
    where code in (
      select p.category
      from plan_locations s
      join plans p on p.id = s.plan_id
      where s.address_pool_id is not null
    );

    create table networks (
      id bigint generated always as identity primary key,
      -- Of IPv4 each address is a row beneath; of IPv6 orders get a /64 each.
      cidr cidr not null unique,
      location_id bigint not null references locations,
      gateway inet,
      dns inet[] not null default '{}',
      vlan smallint check (vlan between 1 and 4094),
      -- Orders get its addresses by themselves; else staff assign them.
      automatic boolean not null default true,
      -- Days before an address that a server has used is given out again.
      rest_days smallint not null default 7 check (rest_days between 0 and 365),
      -- Fewer free ones are an alarm; 0: none.
      alarm_below integer not null default 0 check (alarm_below >= 0),
      -- Of IPv6: the number of the next /64 that was never given out; the first is the provider's own.
      next_subnet bigint not null default 1 check (next_subnet >= 1),
      note text not null default '' check (length(note) <= 500),
      check (gateway is null or gateway <<= cidr),
      check (family(cidr) = 4 or masklen(cidr) <= 63)
    );
    create index networks_by_location on networks (location_id);

    alter table pool_addresses rename to network_addresses;
    alter table network_addresses
      add column network_id bigint references networks,
      -- Given to nobody until that is taken back; who has it keeps it.
      add column blocked_at timestamptz,
      add column block_reason text not null default '' check (length(block_reason) <= 500),
      add check ((blocked_at is null) = (block_reason = ''));

    insert into locations (code, names)
    select 'location', '{"en": "Location", "ru": "Локация"}'
    where exists (select from network_addresses)
      and not exists (select from locations);
    insert into networks (cidr, location_id, automatic)
    select n.cidr, coalesce(min(s.location_id), (select min(id) from locations)), count(s.location_id) > 0
    from (
      select distinct pool_id, network(set_masklen(address, case family(address) when 4 then 24 else 63 end)) as cidr
      from network_addresses
    ) n
    left join plan_locations s on s.address_pool_id = n.pool_id
    group by n.cidr;
    update network_addresses a
    set network_id = n.id
    from networks n
    where a.address <<= n.cidr;

    drop index pool_addresses_free;
    alter table network_addresses
      alter column network_id set not null,
      drop column pool_id,
      drop constraint pool_addresses_order_id_key;
    alter table plan_locations drop column address_pool_id;
    drop table address_pools;
    create index network_addresses_free on network_addresses (network_id, released_at, address)
      where order_id is null and blocked_at is null;
    create index network_addresses_by_order on network_addresses (order_id) where order_id is not null;
    create index network_addresses_by_network on network_addresses (network_id, address);
    -- Whose server has it is found by its number too.
    create index network_addresses_blocked on network_addresses (network_id) where blocked_at is not null;
  `);
}

export async function down() {
  throw new Error('Migrations go forward only');
}
