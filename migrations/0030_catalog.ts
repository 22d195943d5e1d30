import type { Knex } from 'knex';

/**
 * Categories with their periods and the fields of their specifications, and prices with the day from which they are
 * valid, as rows that staff change. What was written into checks and code becomes the rows of a catalogue that exists; an
 * empty one stays empty.
 */
export async function up(db: Knex) {
  await db.raw(`
    -- A kind of server.
    create table categories (
      code text primary key check (code ~ '^[a-z0-9-]{1,40}$'),
      -- By language, as all names.
      names jsonb not null check (names ->> 'en' <> '' and names ->> 'ru' <> ''),
      -- A sentence in the catalogue.
      descriptions jsonb not null default '{"en": "", "ru": ""}',
      position integer not null,
      active boolean not null default true,
      -- Days after the paid-until date for which an order that is not paid runs on.
      grace_days smallint not null check (grace_days between 0 and 90),
      -- Days after its suspension until it is cancelled.
      suspended_days smallint not null check (suspended_days between 1 and 365)
    );

    -- For how many months its plans are sold.
    create table category_periods (
      category text not null references categories on update cascade on delete cascade,
      months smallint not null check (months between 1 and 120),
      primary key (category, months)
    );

    -- What the specification of each of its plans says; the values stand with the plan, by the field's code.
    create table specification_fields (
      category text not null references categories on update cascade on delete cascade,
      code text not null check (code ~ '^[a-z0-9-]{1,40}$'),
      names jsonb not null check (names ->> 'en' <> '' and names ->> 'ru' <> ''),
      -- Whoever moves to a plan with a smaller disk is told so first.
      kind text not null check (kind in ('text', 'number', 'disk')),
      -- How a value is written in a line, by language: '{value} GB'.
      patterns jsonb not null check (patterns ->> 'en' like '%{value}%' and patterns ->> 'ru' like '%{value}%'),
      position integer not null,
      primary key (category, code)
    );

    insert into categories (code, names, descriptions, position, grace_days, suspended_days)
    select known.code, known.names, known.descriptions, known.position, b.grace_days, b.suspended_days
    from (values
      ('dedicated', jsonb '{"en": "Dedicated server", "ru": "Выделенный сервер"}',
        jsonb '{"en": "A physical server of your own, set up by our engineers.",
          "ru": "Физический сервер только для вас, настройка нашими инженерами."}', 0),
      ('vps', jsonb '{"en": "VPS/VDS", "ru": "VPS/VDS"}',
        jsonb '{"en": "A virtual server, ready as soon as it is paid.",
          "ru": "Виртуальный сервер, готов сразу после оплаты."}', 1)
    ) as known (code, names, descriptions, position)
    join billing_terms b on b.category = known.code
    where known.code in (select category from plans union select category from plan_options);

    insert into category_periods (category, months)
    select c.code, sold.months
    from categories c
    join (values ('vps', 1), ('vps', 3), ('vps', 6), ('vps', 12), ('dedicated', 1), ('dedicated', 2), ('dedicated', 3),
      ('dedicated', 6), ('dedicated', 12), ('dedicated', 24)) as sold (category, months) on sold.category = c.code
    union
    select distinct p.category, c.months
    from plan_prices c
    join plans p on p.id = c.plan_id;

    insert into specification_fields (category, code, names, kind, patterns, position)
    select c.code, field.code, field.names, field.kind, field.patterns, field.position
    from categories c
    cross join (values
      ('cpu', jsonb '{"en": "Processor", "ru": "Процессор"}', 'text', jsonb '{"en": "{value}", "ru": "{value}"}', 0),
      ('ram', jsonb '{"en": "Memory", "ru": "Память"}', 'number', jsonb '{"en": "{value} GB", "ru": "{value} ГБ"}', 1),
      ('disk', jsonb '{"en": "Disk", "ru": "Диск"}', 'disk', jsonb '{"en": "{value}", "ru": "{value}"}', 2),
      ('traffic', jsonb '{"en": "Traffic", "ru": "Трафик"}', 'text',
        jsonb '{"en": "{value} traffic", "ru": "{value} трафика"}', 3)
    ) as field (code, names, kind, patterns, position);
    update plans
    set specification = (specification - 'ramGb') || jsonb_build_object('ram', specification -> 'ramGb')
    where specification ->> 'ramGb' is not null;

    alter table plans
      drop constraint plans_category_check,
      add foreign key (category) references categories on update cascade,
      add check (name <> '' and length(name) <= 60),
      -- Ordered only by whoever has its address.
      add column hidden boolean not null default false,
      -- How many more can be sold; null: as many as are asked for.
      add column stock integer check (stock >= 0);
    update plans set stock = 0 where sold_out;
    alter table plans drop column sold_out;

    alter table plan_options
      drop constraint plan_options_category_check,
      add foreign key (category) references categories on update cascade;
    alter table orders
      drop constraint orders_period_months_check,
      add check (period_months between 1 and 120),
      -- It has taken one of its plan's stock, and gives it back when it ends.
      add column holds_stock boolean not null default false;
    drop table billing_terms;

    -- What staff saved of a plan's prices at once.
    create table price_changes (
      id bigint generated always as identity primary key,
      plan_id bigint not null references plans,
      version integer not null,
      valid_from date not null,
      -- Whether orders that run at the list price follow; each of their customers is told so many days before.
      for_running boolean not null,
      notice_days smallint not null check (notice_days between 0 and 365),
      saved_by bigint not null references users,
      saved_at timestamptz not null,
      withdrawn_at timestamptz,
      unique (plan_id, version)
    );

    -- A running order whose price follows such a change: told first, then changed, each once.
    create table order_price_changes (
      change_id bigint not null references price_changes,
      order_id bigint not null references orders,
      customer_id bigint not null references customers,
      months smallint not null,
      currency char(3) not null references currencies,
      -- Of the plan alone, for that many months.
      price_before numeric(20, 4) not null check (price_before > 0),
      price_after numeric(20, 4) not null check (price_after > 0),
      told_on date,
      applied_on date,
      -- Withdrawn, or the order is not what it was: its price stays.
      dropped_on date,
      primary key (change_id, order_id),
      check (applied_on is null or told_on is not null),
      check (applied_on is null or dropped_on is null),
      check (fits_minor_unit(price_after, currency))
    );
    create unique index order_price_changes_open on order_price_changes (order_id)
      where applied_on is null and dropped_on is null;

    -- The price of a day is the one with the latest day not after it; null: not sold for that period any more.
    alter table plan_prices
      drop constraint plan_prices_pkey,
      drop constraint plan_prices_months_check,
      alter column price drop not null,
      add check (months between 1 and 120),
      add column valid_from date not null default '2000-01-01',
      add column change_id bigint references price_changes,
      add primary key (plan_id, currency, months, valid_from);
    alter table plan_prices alter column valid_from drop default;
    create index plan_prices_by_change on plan_prices (change_id) where change_id is not null;

    -- Null: none from that day on.
    alter table plan_setup_fees
      drop constraint plan_setup_fees_pkey,
      alter column fee drop not null,
      add column valid_from date not null default '2000-01-01',
      add column change_id bigint references price_changes,
      add primary key (plan_id, currency, valid_from);
    alter table plan_setup_fees alter column valid_from drop default;
    create index plan_setup_fees_by_change on plan_setup_fees (change_id) where change_id is not null;

    alter table plan_option_prices
      drop constraint plan_option_prices_pkey,
      alter column monthly drop not null,
      add column valid_from date not null default '2000-01-01',
      add primary key (option_id, currency, valid_from);
    alter table plan_option_prices alter column valid_from drop default;

    -- In which plans are priced and accounts are kept; what an installation prices in now.
    alter table currencies add column priced boolean not null default false;
    update currencies
    set priced = true
    where code in (
      select currency from plan_prices
      union select currency from ledger_accounts where kind = 'customer_balance'
    );

    create function announce_catalog() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
    begin
      notify catalog_changed;
      return null;
    end $$;
    create trigger categories_announced after insert or update or delete on categories
      for each statement execute function announce_catalog();
    create trigger category_periods_announced after insert or update or delete on category_periods
      for each statement execute function announce_catalog();
    create trigger specification_fields_announced after insert or update or delete on specification_fields
      for each statement execute function announce_catalog();

    alter table staff_roles
      drop constraint staff_roles_rights_check,
      add check (rights <@ array[
        'customers:view', 'customers:edit', 'customers:security', 'customers:block', 'orders:view', 'orders:act',
        'money:view', 'money:act', 'billing:view', 'billing:run', 'rates:view', 'rates:edit', 'catalog:view',
        'catalog:edit', 'audit:view', 'staff:view', 'staff:edit'
      ]);
    update staff_roles set rights = rights || '{catalog:view}' where not 'catalog:view' = any(rights);
    update staff_roles set rights = rights || '{catalog:edit}' where 'staff:edit' = any(rights);
  `);
}

export async function down() {
  throw new Error('Migrations go forward only');
}
