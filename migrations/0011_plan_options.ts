import type { Knex } from 'knex';

export async function up(db: Knex) {
  await db.raw(`
    -- What can be ordered with a server of a category, at a price a month.
    create table plan_options (
      id bigint generated always as identity primary key,
      category text not null check (category in ('vps', 'dedicated')),
      code text not null check (code ~ '^[a-z0-9-]{1,60}$'),
      -- By language.
      names jsonb not null check (names ->> 'en' <> '' and names ->> 'ru' <> ''),
      position integer not null,
      active boolean not null default true,
      unique (category, code)
    );
    create table plan_option_prices (
      option_id bigint not null references plan_options,
      currency char(3) not null references currencies,
      monthly numeric(20, 4) not null check (monthly > 0),
      primary key (option_id, currency),
      check (fits_minor_unit(monthly, currency))
    );
    -- At the price it was ordered for. The order's price includes it for each of its months.
    create table order_options (
      order_id bigint not null references orders,
      option_id bigint not null references plan_options,
      monthly numeric(20, 4) not null check (monthly > 0),
      currency char(3) not null references currencies,
      primary key (order_id, option_id)
    );
    create trigger order_options_immutable before update or delete on order_options for each row execute function refuse_change();

    alter table invoice_lines drop constraint invoice_lines_kind_check;
    alter table invoice_lines add constraint invoice_lines_kind_check
      check (kind in ('new_order', 'renewal', 'option', 'setup_fee', 'plan_change', 'top_up'));
  `);
}

export async function down() {
  throw new Error('Migrations go forward only');
}
