import type { Knex } from 'knex';

export async function up(db: Knex) {
  await db.raw(`
    create table invoice_series (
      code char(3) primary key,
      last_sequence bigint not null default 0
    );
    insert into invoice_series (code) values ('INV'), ('TOP');

    create table invoices (
      id bigint generated always as identity primary key,
      customer_id bigint not null references customers,
      kind text not null check (kind in ('service', 'top_up')),
      series char(3) not null references invoice_series,
      sequence bigint not null,
      number text not null generated always as (series || '-' || case when sequence < 1000000 then lpad(sequence::text, 6, '0') else sequence::text end) stored unique,
      status text not null default 'unpaid' check (status in ('unpaid', 'paid', 'cancelled')),
      currency char(3) not null references currencies,
      total numeric(20, 4) not null check (total > 0),
      issued_at timestamptz not null,
      due_on date not null,
      paid_at timestamptz,
      cancelled_at timestamptz,
      period_months smallint,
      order_ids bigint[] not null default '{}',
      buyer jsonb not null,
      seller jsonb not null,
      -- The customer's balance after the settlement, in the account currency.
      balance_after numeric(20, 4),
      unique (series, sequence),
      check ((kind = 'top_up') = (series = 'TOP')),
      check ((status = 'paid') = (paid_at is not null)),
      check ((status = 'cancelled') = (cancelled_at is not null)),
      check (status = 'paid' or balance_after is null),
      check (fits_minor_unit(total, currency))
    );
    create index invoices_by_issued on invoices (customer_id, issued_at, id);
    create index invoices_by_total on invoices (customer_id, total, id);
    create index invoices_by_number on invoices (customer_id, series, sequence);
    create index invoices_by_paid on invoices (customer_id, paid_at, id);
    create index invoices_unpaid on invoices (customer_id, due_on) where status = 'unpaid';
    create index invoices_orders on invoices using gin (order_ids);

    create table invoice_lines (
      id bigint generated always as identity primary key,
      invoice_id bigint not null references invoices,
      customer_id bigint not null references customers,
      position smallint not null,
      kind text not null check (kind in ('new_order', 'renewal', 'setup_fee', 'plan_change', 'top_up')),
      order_id bigint references orders,
      months smallint check (months > 0),
      period_from date,
      period_to date,
      amount numeric(20, 4) not null,
      currency char(3) not null,
      -- What the line said when it was issued: plan, hostname, address.
      details jsonb not null default '{}',
      unique (invoice_id, position),
      check (fits_minor_unit(amount, currency)),
      check ((kind = 'top_up') = (order_id is null))
    );
    create index invoice_lines_order on invoice_lines (order_id, invoice_id);

    -- After it is issued, an invoice changes its state and nothing else. (Its number is generated after this trigger has run.)
    create function keep_invoice() returns trigger language plpgsql as $$
    begin
      if tg_op = 'DELETE' then
        raise exception 'invoices are not deleted' using errcode = 'integrity_constraint_violation';
      end if;
      if (to_jsonb(new) - '{number,status,paid_at,cancelled_at,balance_after}'::text[]) <> (to_jsonb(old) - '{number,status,paid_at,cancelled_at,balance_after}'::text[]) then
        raise exception 'an issued invoice is not edited' using errcode = 'integrity_constraint_violation';
      end if;
      if old.status <> 'unpaid' then
        raise exception 'invoice % is %', old.number, old.status using errcode = 'integrity_constraint_violation';
      end if;
      return new;
    end $$;
    create trigger invoices_kept before update or delete on invoices for each row execute function keep_invoice();
    create function keep_series() returns trigger language plpgsql as $$
    begin
      if tg_op = 'DELETE' or new.last_sequence < old.last_sequence or new.code <> old.code then
        raise exception 'an invoice series only counts up' using errcode = 'integrity_constraint_violation';
      end if;
      return new;
    end $$;
    create trigger invoice_series_kept before update or delete on invoice_series for each row execute function keep_series();

    -- Checked when the transaction commits: the lines of an invoice are its total, so none is added later.
    create function check_invoice_lines() returns trigger language plpgsql as $$
    declare
      checked bigint;
      wrong text;
    begin
      if tg_table_name = 'invoices' then checked := new.id; else checked := new.invoice_id; end if;
      select number into wrong from invoices where id = checked
        and total <> (select coalesce(sum(amount), 0) from invoice_lines where invoice_id = checked);
      if wrong is not null then
        raise exception 'the lines of % are not its total', wrong using errcode = 'integrity_constraint_violation';
      end if;
      return null;
    end $$;
    create constraint trigger invoices_have_lines after insert on invoices
      deferrable initially deferred for each row execute function check_invoice_lines();
    create constraint trigger invoice_lines_sum after insert on invoice_lines
      deferrable initially deferred for each row execute function check_invoice_lines();

    create trigger invoice_lines_kept before update or delete on invoice_lines for each row execute function refuse_change();

    create table quotes (
      id bigint generated always as identity primary key,
      customer_id bigint not null references customers,
      invoice_id bigint not null references invoices,
      pay_amount numeric(20, 4) not null check (pay_amount > 0),
      pay_currency char(3) not null references currencies,
      credit_amount numeric(20, 4) not null check (credit_amount > 0),
      credit_currency char(3) not null references currencies,
      -- Units of the credited currency for one unit of the paid one, markup included.
      rate numeric(40, 20) not null check (rate > 0),
      markup numeric(6, 4) not null,
      rate_date date not null,
      rate_sources text[] not null,
      rate_ids bigint[] not null,
      made_at timestamptz not null,
      valid_until timestamptz not null,
      check (fits_minor_unit(pay_amount, pay_currency)),
      check (fits_minor_unit(credit_amount, credit_currency)),
      check (pay_currency <> credit_currency or pay_amount = credit_amount)
    );
    create index quotes_invoice on quotes (invoice_id, id desc);
    create trigger quotes_immutable before update or delete on quotes for each row execute function refuse_change();
    alter table ledger_transactions add foreign key (quote_id) references quotes;

    create table payments (
      id bigint generated always as identity primary key,
      customer_id bigint not null references customers,
      invoice_id bigint not null references invoices,
      quote_id bigint references quotes,
      gateway text not null,
      reference text not null,
      status text not null check (status in ('started', 'pending', 'captured', 'declined')),
      -- What was asked for; what came in is captured_*.
      amount numeric(20, 4) not null check (amount > 0),
      currency char(3) not null references currencies,
      captured_amount numeric(20, 4) check (captured_amount > 0),
      captured_currency char(3) references currencies,
      -- Why a member of staff should look at it.
      marked_for text check (marked_for in ('amount_differs', 'currency_differs', 'invoice_not_unpaid', 'cannot_value', 'captured_again')),
      started_at timestamptz not null,
      captured_at timestamptz,
      unique (gateway, reference),
      check ((status = 'captured') = (captured_at is not null and captured_amount is not null and captured_currency is not null)),
      check (fits_minor_unit(amount, currency)),
      check (captured_amount is null or fits_minor_unit(captured_amount, captured_currency))
    );
    create index payments_customer on payments (customer_id, started_at desc, id desc);
    create index payments_invoice on payments (invoice_id);
    create index payments_marked on payments (id) where marked_for is not null;

    -- Checked when the transaction commits: no invoice is paid without the money having moved.
    create function check_settlement() returns trigger language plpgsql as $$
    begin
      if new.kind = 'service' and not exists (select from ledger_transactions where cause_type = 'invoice' and cause_id = new.id)
        or new.kind = 'top_up' and not exists (select from payments where invoice_id = new.id and status = 'captured') then
        raise exception '% is paid, but nothing settles it', new.number using errcode = 'integrity_constraint_violation';
      end if;
      return null;
    end $$;
    create constraint trigger invoices_settled after update on invoices
      deferrable initially deferred for each row when (new.status = 'paid') execute function check_settlement();

    create function keep_captured_payment() returns trigger language plpgsql as $$
    begin
      if tg_op = 'DELETE' then
        raise exception 'payments are not deleted' using errcode = 'integrity_constraint_violation';
      end if;
      if (to_jsonb(new) - '{status,captured_amount,captured_currency,captured_at,marked_for}'::text[])
        <> (to_jsonb(old) - '{status,captured_amount,captured_currency,captured_at,marked_for}'::text[]) then
        raise exception 'what a payment was started for is not changed' using errcode = 'integrity_constraint_violation';
      end if;
      -- Staff may be told of it later; nothing else happens to it.
      if old.status = 'captured' and (to_jsonb(new) - 'marked_for') <> (to_jsonb(old) - 'marked_for') then
        raise exception 'a captured payment is not changed' using errcode = 'integrity_constraint_violation';
      end if;
      return new;
    end $$;
    create trigger payments_kept before update or delete on payments for each row execute function keep_captured_payment();

    -- Everything a gateway told us, once per event of its own.
    create table webhook_events (
      id bigint generated always as identity primary key,
      gateway text not null,
      event_id text not null,
      type text not null,
      payment_id bigint not null references payments,
      body jsonb not null,
      received_at timestamptz not null,
      unique (gateway, event_id)
    );
    create trigger webhook_events_immutable before update or delete on webhook_events for each row execute function refuse_change();
  `);
}

export async function down() {
  throw new Error('Migrations go forward only');
}
