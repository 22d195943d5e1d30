import type { Knex } from 'knex';

/** Options are added to orders that exist, and dropped at the end of the paid period. */
export async function up(db: Knex) {
  await db.raw(`
    drop trigger order_options_immutable on order_options;
    alter table order_options
      drop constraint order_options_pkey,
      add column id bigint generated always as identity primary key,
      -- The last day in service of one that was dropped; null while it is renewed with the order.
      add column ends_on date;
    create unique index order_options_kept on order_options (order_id, option_id) where ends_on is null;
    create index order_options_order on order_options (order_id);

    create function keep_order_option() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
    begin
      if tg_op = 'DELETE' then
        raise exception 'an option of an order is dropped, not deleted' using errcode = 'integrity_constraint_violation';
      end if;
      if (to_jsonb(new) - 'ends_on') <> (to_jsonb(old) - 'ends_on') then
        raise exception 'of an option of an order only its end changes' using errcode = 'integrity_constraint_violation';
      end if;
      return new;
    end $$;
    create trigger order_options_kept before update or delete on order_options for each row execute function keep_order_option();

    comment on table plan_changes is 'what took effect: another plan, or options that were added, for the days left';
  `);
}

export async function down() {
  throw new Error('Migrations go forward only');
}
