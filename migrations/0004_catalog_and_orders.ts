import type { Knex } from 'knex';

export async function up(db: Knex) {
  await db.raw(`
    create table plans (
      id bigint generated always as identity primary key,
      code text not null unique,
      category text not null check (category in ('vps', 'dedicated')),
      name text not null,
      location text not null,
      specification jsonb not null,
      position integer not null,
      active boolean not null default true
    );

    create table plan_prices (
      plan_id bigint not null references plans,
      currency char(3) not null references currencies,
      months smallint not null check (months in (1, 2, 3, 6, 12, 24)),
      price numeric(20, 4) not null check (price > 0),
      primary key (plan_id, currency, months),
      check (fits_minor_unit(price, currency))
    );

    create table orders (
      id bigint generated always as identity (start with 10001) primary key,
      customer_id bigint not null references customers,
      plan_id bigint not null references plans,
      status text not null check (status in ('awaiting_payment', 'provisioning', 'active', 'suspended', 'cancelled')),
      suspended_for text check (suspended_for in ('non_payment', 'abuse')),
      ip inet,
      service_name text not null default '' check (length(service_name) <= 100),
      hostname text not null default '' check (length(hostname) <= 253),
      comment text not null default '' check (length(comment) <= 500),
      os text not null default '',
      period_months smallint not null check (period_months in (1, 2, 3, 6, 12, 24)),
      price numeric(20, 4) not null check (price > 0),
      currency char(3) not null references currencies,
      anchor_on date,
      paid_months integer not null default 0 check (paid_months >= 0),
      paid_until date,
      auto_renewal boolean not null default false,
      created_at timestamptz not null,
      activated_at timestamptz,
      cancelled_at timestamptz,
      -- Made by the trigger below from everything a customer can search for.
      search_text text not null default '',
      check (fits_minor_unit(price, currency)),
      check ((status = 'suspended') = (suspended_for is not null)),
      check ((status = 'cancelled') = (cancelled_at is not null)),
      check ((anchor_on is null) = (paid_until is null)),
      check (status not in ('active', 'suspended') or anchor_on is not null),
      -- Counted from the anchor day, so that a month shortened once does not shorten those after it.
      constraint paid_until_follows_anchor check (paid_until = (anchor_on + make_interval(months => paid_months))::date - 1)
    );

    create function order_search_text() returns trigger language plpgsql as $$
    begin
      new.search_text := lower(concat_ws(' ', new.id, (select name from plans where id = new.plan_id), host(new.ip),
        nullif(new.service_name, ''), nullif(new.hostname, ''), nullif(new.comment, '')));
      return new;
    end $$;
    create trigger orders_search_text before insert or update on orders for each row execute function order_search_text();

    create function plan_renamed() returns trigger language plpgsql as $$
    begin
      update orders set plan_id = plan_id where plan_id = new.id;
      return null;
    end $$;
    create trigger plans_renamed after update of name on plans for each row when (old.name <> new.name) execute function plan_renamed();

    create index orders_search on orders (customer_id) include (search_text);
    create index orders_by_created on orders (customer_id, created_at, id);
    create index orders_by_paid_until on orders (customer_id, paid_until, id);
    create index orders_by_paid_until_back on orders (customer_id, paid_until desc nulls last, id desc);
    create index orders_by_price on orders (customer_id, price, id);
    create index orders_by_ip on orders (customer_id, ip, id);
    create index orders_by_id on orders (customer_id, id);
    create index orders_by_plan on orders (plan_id);

    create table order_events (
      id bigint generated always as identity primary key,
      order_id bigint not null references orders,
      customer_id bigint not null references customers,
      kind text not null,
      details jsonb not null default '{}',
      invoice_id bigint,
      user_id bigint references users,
      at timestamptz not null
    );
    create index order_events_order on order_events (order_id, id);
  `);
}

export async function down() {
  throw new Error('Migrations go forward only');
}
