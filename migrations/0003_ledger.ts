import type { Knex } from 'knex';

export async function up(db: Knex) {
  await db.raw(`
    create table ledger_accounts (
      id bigint generated always as identity primary key,
      kind text not null check (kind in ('customer_balance', 'revenue', 'exchange', 'gateway_clearing', 'adjustments')),
      customer_id bigint references customers,
      gateway text,
      currency char(3) not null references currencies,
      balance numeric(20, 4),
      check ((kind = 'customer_balance') = (customer_id is not null)),
      check ((kind = 'gateway_clearing') = (gateway is not null)),
      -- Only a customer's balance is stored; house accounts are summed, so that nobody waits for their row.
      check ((kind = 'customer_balance') = (balance is not null)),
      constraint balance_not_negative check (balance >= 0),
      unique nulls not distinct (kind, customer_id, gateway, currency)
    );
    create unique index ledger_accounts_one_balance on ledger_accounts (customer_id) where kind = 'customer_balance';

    create table ledger_transactions (
      id bigint generated always as identity primary key,
      kind text not null check (kind in ('payment', 'invoice_payment', 'adjustment', 'plan_change_credit', 'refund')),
      cause_type text not null,
      cause_id bigint not null,
      customer_id bigint references customers,
      quote_id bigint,
      occurred_at timestamptz not null,
      -- The database transaction that books it; nothing is added to it later.
      booked_in xid8 not null default pg_current_xact_id(),
      constraint one_transaction_per_cause unique (cause_type, cause_id)
    );

    create table ledger_entries (
      id bigint generated always as identity primary key,
      transaction_id bigint not null references ledger_transactions,
      account_id bigint not null references ledger_accounts,
      customer_id bigint references customers,
      amount numeric(20, 4) not null check (amount <> 0),
      currency char(3) not null,
      balance_after numeric(20, 4) check (balance_after >= 0),
      constraint amount_fits_minor_unit check (fits_minor_unit(amount, currency)),
      check ((customer_id is null) = (balance_after is null))
    );
    create index ledger_entries_transaction on ledger_entries (transaction_id);
    create index ledger_entries_account on ledger_entries (account_id, id);
    create index ledger_entries_statement on ledger_entries (customer_id, id desc) where customer_id is not null;

    -- An entry moves its account: the stored balance and the balance after are set here and nowhere else.
    create function move_account() returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
    declare account public.ledger_accounts;
    begin
      select * into strict account from public.ledger_accounts where id = new.account_id;
      if not exists (select from public.ledger_transactions where id = new.transaction_id and booked_in = pg_current_xact_id()) then
        raise exception 'ledger transaction % is closed', new.transaction_id using errcode = 'integrity_constraint_violation';
      end if;
      if account.currency <> new.currency then
        raise exception 'entry in % on an account in %', new.currency, account.currency using errcode = 'integrity_constraint_violation';
      end if;
      new.customer_id := account.customer_id;
      new.balance_after := null;
      if account.kind = 'customer_balance' then
        update public.ledger_accounts set balance = balance + new.amount where id = account.id returning balance into new.balance_after;
      end if;
      return new;
    end $$;
    create trigger ledger_entries_move before insert on ledger_entries for each row execute function move_account();

    create function keep_account() returns trigger language plpgsql as $$
    begin
      if tg_op = 'DELETE' then
        raise exception 'ledger accounts are not deleted' using errcode = 'integrity_constraint_violation';
      end if;
      if pg_trigger_depth() = 1 or (to_jsonb(new) - 'balance') <> (to_jsonb(old) - 'balance') then
        raise exception 'a balance is moved by ledger entries only' using errcode = 'integrity_constraint_violation';
      end if;
      return new;
    end $$;
    create trigger ledger_accounts_kept before update or delete on ledger_accounts for each row execute function keep_account();

    create function open_account() returns trigger language plpgsql as $$
    begin
      if new.balance <> 0 then
        raise exception 'an account opens with a balance of zero' using errcode = 'integrity_constraint_violation';
      end if;
      return new;
    end $$;
    create trigger ledger_accounts_opened before insert on ledger_accounts for each row execute function open_account();

    -- Checked when the transaction commits: two entries or more, and zero in each currency.
    create function check_transaction_balances() returns trigger language plpgsql as $$
    declare
      checked bigint;
      entries integer;
      unbalanced text;
    begin
      if tg_table_name = 'ledger_transactions' then checked := new.id; else checked := new.transaction_id; end if;
      select coalesce(sum(n), 0), string_agg(currency, ', ') filter (where total <> 0)
        into entries, unbalanced
        from (select currency, count(*) n, sum(amount) total from ledger_entries where transaction_id = checked group by currency) s;
      if entries < 2 then
        raise exception 'ledger transaction % has % entries', checked, entries using errcode = 'integrity_constraint_violation';
      end if;
      if unbalanced is not null then
        raise exception 'ledger transaction % does not sum to zero in %', checked, unbalanced using errcode = 'integrity_constraint_violation';
      end if;
      return null;
    end $$;
    create constraint trigger ledger_transactions_balance after insert on ledger_transactions
      deferrable initially deferred for each row execute function check_transaction_balances();
    create constraint trigger ledger_entries_balance after insert on ledger_entries
      deferrable initially deferred for each row execute function check_transaction_balances();

    create trigger ledger_transactions_immutable before update or delete on ledger_transactions for each row execute function refuse_change();
    create trigger ledger_entries_immutable before update or delete on ledger_entries for each row execute function refuse_change();
    create trigger ledger_transactions_not_truncated before truncate on ledger_transactions execute function refuse_change();
    create trigger ledger_entries_not_truncated before truncate on ledger_entries execute function refuse_change();
    create trigger ledger_accounts_not_truncated before truncate on ledger_accounts execute function refuse_change();

    create table adjustments (
      id bigint generated always as identity primary key,
      customer_id bigint not null references customers,
      amount numeric(20, 4) not null check (amount <> 0),
      currency char(3) not null references currencies,
      reason text not null check (reason <> ''),
      made_by bigint not null references users,
      made_at timestamptz not null,
      -- Of the form; the same form sent twice books once.
      form_key uuid unique,
      check (fits_minor_unit(amount, currency))
    );
    create index adjustments_customer on adjustments (customer_id);
  `);
}

export async function down() {
  throw new Error('Migrations go forward only');
}
