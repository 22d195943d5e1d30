import type { Knex } from 'knex';

export async function up(db: Knex) {
  await db.raw(`
    -- What happens to an order that is not paid in time.
    create table billing_terms (
      category text primary key check (category in ('vps', 'dedicated')),
      -- Days after the paid-until date for which it runs on.
      grace_days smallint not null check (grace_days between 0 and 90),
      -- Days after its suspension until it is cancelled.
      suspended_days smallint not null check (suspended_days between 1 and 365)
    );
    insert into billing_terms values ('vps', 3, 14), ('dedicated', 3, 14);

    create index orders_due on orders (paid_until) where status = 'active';
    create index orders_suspended on orders (paid_until) where status = 'suspended';
    create index invoices_due on invoices (due_on) where status = 'unpaid' and kind = 'service';

    create table billing_runs (
      id bigint generated always as identity primary key,
      day date not null,
      started_by text not null check (started_by in ('schedule', 'staff', 'command_line')),
      user_id bigint references users,
      started_at timestamptz not null,
      finished_at timestamptz,
      state text not null default 'running' check (state in ('running', 'done', 'interrupted')),
      -- The day of the calendar it is at, and how far.
      at_day date not null,
      step text not null default '',
      done integer not null default 0,
      total integer not null default 0,
      check ((state = 'running') = (finished_at is null))
    );
    create index billing_runs_day on billing_runs (day) where state = 'done';

    create table billing_run_items (
      id bigint generated always as identity primary key,
      run_id bigint not null references billing_runs,
      day date not null,
      action text not null,
      customer_id bigint not null references customers,
      order_id bigint references orders,
      invoice_id bigint references invoices
    );
    create index billing_run_items_run on billing_run_items (run_id, action, id);
    create trigger billing_run_items_immutable before update or delete on billing_run_items for each row execute function refuse_change();

    create table billing_failures (
      id bigint generated always as identity primary key,
      run_id bigint not null references billing_runs,
      day date not null,
      step text not null,
      customer_id bigint not null references customers,
      subject_id bigint not null,
      message text not null,
      at timestamptz not null
    );
    create index billing_failures_run on billing_failures (run_id);
    create trigger billing_failures_immutable before update or delete on billing_failures for each row execute function refuse_change();

    -- What a customer was told about the end of a period: each once.
    create table renewal_notices (
      order_id bigint not null references orders,
      paid_until date not null,
      kind text not null check (kind in ('before_5', 'before_1', 'after_1', 'renewal_failed', 'renewal_blocked')),
      at timestamptz not null,
      primary key (order_id, paid_until, kind)
    );
    create trigger renewal_notices_immutable before update or delete on renewal_notices for each row execute function refuse_change();

    -- Messages are written in the transaction of what they tell, and sent afterwards.
    create table mails (
      id bigint generated always as identity primary key,
      customer_id bigint not null references customers,
      user_id bigint not null references users,
      kind text not null,
      locale text not null check (locale in ('en', 'ru')),
      recipient citext not null,
      data jsonb not null,
      enqueued_at timestamptz not null,
      -- 'sending' that never ended is 'uncertain': it may have arrived, so it is not sent again. 'kept': there is no mail server.
      state text not null default 'waiting' check (state in ('waiting', 'sending', 'sent', 'failed', 'uncertain', 'kept')),
      attempts smallint not null default 0,
      due_at timestamptz not null,
      claimed_at timestamptz,
      sent_at timestamptz,
      last_error text,
      check ((state = 'sent') = (sent_at is not null))
    );
    create index mails_due on mails (due_at, id) where state = 'waiting';
    create index mails_claimed on mails (claimed_at) where state = 'sending';
    create index mails_customer on mails (customer_id, id desc);
    create index mails_troubled on mails (id) where state in ('failed', 'uncertain');

    create table rate_fetches (
      id bigint generated always as identity primary key,
      source text not null check (source in ('ecb', 'cbr')),
      at timestamptz not null,
      -- Null: it went well. Else a key and what fills its gaps.
      failure jsonb,
      stored integer not null default 0,
      proposed integer not null default 0
    );
    create index rate_fetches_source on rate_fetches (source, id desc);
  `);
}

export async function down() {
  throw new Error('Migrations go forward only');
}
