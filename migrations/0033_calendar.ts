import type { Knex } from 'knex';

/** Orders that the calendar leaves out for a while, and failures that staff have tried again. */
export async function up(db: Knex) {
  await db.raw(`
    alter table orders
      -- The last day on which the billing calendar does nothing to it; null: it is in.
      add column left_out_until date,
      add column left_out_reason text not null default '' check (length(left_out_reason) <= 500),
      add check ((left_out_until is null) = (left_out_reason = ''));
    create index orders_left_out on orders (left_out_until, id) where left_out_until is not null;

    create table billing_retries (
      id bigint generated always as identity primary key,
      failure_id bigint not null references billing_failures,
      user_id bigint not null references users,
      at timestamptz not null,
      -- Null: it went well.
      message text
    );
    create index billing_retries_failure on billing_retries (failure_id);
    create trigger billing_retries_immutable before update or delete on billing_retries
      for each row execute function refuse_change();
  `);
}

export async function down() {
  throw new Error('Migrations go forward only');
}
