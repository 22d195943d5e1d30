import type { Knex } from 'knex';

/** What the names of places that providers are likely to have are in Russian; another one keeps its own. */
const IN_RUSSIAN = {
  Amsterdam: 'Амстердам',
  Frankfurt: 'Франкфурт',
  Helsinki: 'Хельсинки',
  London: 'Лондон',
  Moscow: 'Москва',
  Paris: 'Париж',
  Prague: 'Прага',
  Warsaw: 'Варшава',
};

/**
 * A plan is sold in locations, each with its pool of addresses; an order keeps the location it was ordered in. Processes
 * of the version before place no orders beside it: stop them first.
 */
export async function up(db: Knex) {
  await db.raw(`
    create table locations (
      id bigint generated always as identity primary key,
      code text not null unique check (code ~ '^[a-z0-9-]{1,60}$'),
      -- By language.
      names jsonb not null check (names ->> 'en' <> '' and names ->> 'ru' <> '')
    );

    create table plan_locations (
      plan_id bigint not null references plans on delete cascade,
      location_id bigint not null references locations,
      -- Where a paid order gets its address from by itself; without one, staff assign it.
      address_pool_id bigint references address_pools,
      -- The first one is offered first.
      position integer not null default 0,
      primary key (plan_id, location_id)
    );

    alter table orders add column location_id bigint references locations;
  `);
  await db.raw(
    `with named as (
       select distinct coalesce(nullif(trim(location), ''), 'Location') as name
       from plans
     ), coded as (
       select name, coalesce(
         nullif(left(trim(both '-' from regexp_replace(lower(name), '[^a-z0-9]+', '-', 'g')), 40), ''), 'location'
       ) as code
       from named
     ), counted as (
       select name, code, row_number() over (partition by code order by name) as nth
       from coded
     )
     insert into locations (code, names)
     select code || case when nth > 1 then '-' || left(md5(name), 8) else '' end,
       jsonb_build_object('en', name, 'ru', coalesce(cast(:names as jsonb) ->> name, name))
     from counted
     order by name`,
    { names: JSON.stringify(IN_RUSSIAN) },
  );
  await db.raw(`
    insert into plan_locations (plan_id, location_id, address_pool_id)
    select p.id, l.id, p.address_pool_id
    from plans p
    join locations l on l.names ->> 'en' = coalesce(nullif(trim(p.location), ''), 'Location');

    create or replace function order_search_text() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
    begin
      new.search_text := lower(concat_ws(' ', new.id, (select name from plans where id = new.plan_id),
        (select concat_ws(' ', names ->> 'en', names ->> 'ru') from locations where id = new.location_id),
        host(new.ip), nullif(new.service_name, ''), nullif(new.hostname, ''), nullif(new.comment, '')));
      return new;
    end $$;

    drop trigger orders_search_text on orders;
    create trigger orders_search_text
      before insert or update of id, plan_id, location_id, ip, service_name, hostname, comment, search_text
      on orders for each row execute function order_search_text();

    create function location_renamed() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
    begin
      update orders set location_id = location_id where location_id = new.id;
      return null;
    end $$;
    create trigger locations_renamed after update of names on locations for each row when (old.names <> new.names)
      execute function location_renamed();

    update orders o
    set location_id = l.location_id
    from plan_locations l
    where l.plan_id = o.plan_id;

    alter table orders alter column location_id set not null;
    create index orders_by_location on orders (location_id);
    alter table plans drop column location, drop column address_pool_id;
  `);
}

export async function down() {
  throw new Error('Migrations go forward only');
}
