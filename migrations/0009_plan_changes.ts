import type { Knex } from 'knex';

export async function up(db: Knex) {
  await db.raw(`
    -- An order follows its account's auto-renewal until the customer says otherwise for it.
    alter table orders
      alter column auto_renewal drop default,
      alter column auto_renewal drop not null,
      add column ends_at_period boolean not null default false,
      add column renewal_issued_for date,
      add column suspended_on date,
      add constraint orders_end_once check (not ends_at_period or status in ('active', 'suspended')),
      add constraint orders_suspended_on check (suspended_on is null or status = 'suspended');
    update orders set auto_renewal = null where not auto_renewal;
    comment on column orders.auto_renewal is 'null: as the account has it';
    comment on column orders.ends_at_period is 'cancelled by its customer as of the end of the paid period';
    comment on column orders.suspended_on is 'the day of the calendar from which the time until it is cancelled counts';
    comment on column orders.renewal_issued_for is 'the paid-until date for which the calendar has issued a renewal';

    -- What took effect: the order is on another plan, and so much was paid or credited for the days left.
    create table plan_changes (
      id bigint generated always as identity primary key,
      order_id bigint not null references orders,
      customer_id bigint not null references customers,
      from_plan_id bigint not null references plans,
      to_plan_id bigint not null references plans,
      price_before numeric(20, 4) not null check (price_before > 0),
      price_after numeric(20, 4) not null check (price_after > 0),
      -- Above zero: paid, by the invoice. Below: credited.
      amount numeric(20, 4) not null,
      currency char(3) not null references currencies,
      invoice_id bigint unique references invoices,
      changed_on date not null,
      changed_at timestamptz not null,
      check (fits_minor_unit(amount, currency)),
      check (amount <= 0 or invoice_id is not null)
    );
    create index plan_changes_order on plan_changes (order_id, id);
    create trigger plan_changes_immutable before update or delete on plan_changes for each row execute function refuse_change();

    -- Its amount by the paid periods that it changes.
    create table plan_change_parts (
      plan_change_id bigint not null references plan_changes,
      order_id bigint not null references orders,
      period_from date not null,
      period_to date not null,
      amount numeric(20, 4) not null,
      currency char(3) not null,
      primary key (plan_change_id, period_from),
      check (period_from <= period_to),
      check (fits_minor_unit(amount, currency))
    );
    create index plan_change_parts_order on plan_change_parts (order_id);
    create trigger plan_change_parts_immutable before update or delete on plan_change_parts for each row execute function refuse_change();
  `);
}

export async function down() {
  throw new Error('Migrations go forward only');
}
