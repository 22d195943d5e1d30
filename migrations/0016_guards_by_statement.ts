import type { Knex } from 'knex';

/**
 * What guards the books is checked once for a statement, where that is equivalent: checks for each row took a good part
 * of a large run. Entries and lines are always added by one statement, so they are checked when it ends and no longer
 * when the transaction commits; only a transaction, or an invoice, that has none is found at its commit. See
 * docs/decisions/0017-guards-by-statement.md.
 */
export async function up(db: Knex) {
  await db.raw(`
    -- Moves the stored balance; the entry keeps what it is after it.
    create or replace function move_account() returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
    declare
      account record;
    begin
      new.balance_after := null;
      update public.ledger_accounts set balance = balance + new.amount
        where id = new.account_id and kind = 'customer_balance'
        returning customer_id, currency, balance into account;
      if found then
        new.balance_after := account.balance;
      else
        select customer_id, currency into strict account from public.ledger_accounts where id = new.account_id;
      end if;
      if account.currency <> new.currency then
        raise exception 'entry in % on an account in %', new.currency, account.currency using errcode = 'integrity_constraint_violation';
      end if;
      new.customer_id := account.customer_id;
      return new;
    end $$;

    -- Entries: of transactions that this database transaction books, which have two or more and sum to zero in each currency.
    create function check_entries() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
    declare
      booked bigint[] := array(select distinct transaction_id from added);
      wrong bigint;
    begin
      select t into wrong from unnest(booked) t
        where not exists (select from ledger_transactions where id = t and booked_in = pg_current_xact_id()) limit 1;
      if wrong is not null then
        raise exception 'ledger transaction % is closed', wrong using errcode = 'integrity_constraint_violation';
      end if;
      select transaction_id into wrong from (
        select transaction_id, count(*) as entries, sum(amount) as total
        from ledger_entries where transaction_id = any(booked) group by transaction_id, currency
      ) e group by transaction_id having sum(entries) < 2 or bool_or(total <> 0) limit 1;
      if wrong is not null then
        raise exception 'ledger transaction % does not sum to zero over two entries or more', wrong using errcode = 'integrity_constraint_violation';
      end if;
      return null;
    end $$;
    drop trigger ledger_entries_balance on ledger_entries;
    create trigger ledger_entries_balance after insert on ledger_entries
      referencing new table as added for each statement execute function check_entries();

    -- Checked when the transaction commits.
    create function check_transaction_has_entries() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
    begin
      if not exists (select from ledger_entries where transaction_id = new.id) then
        raise exception 'ledger transaction % has no entries', new.id using errcode = 'integrity_constraint_violation';
      end if;
      return null;
    end $$;
    drop trigger ledger_transactions_balance on ledger_transactions;
    create constraint trigger ledger_transactions_balance after insert on ledger_transactions
      deferrable initially deferred for each row execute function check_transaction_has_entries();
    drop function check_transaction_balances();

    -- The lines of an invoice are its total, so none is added later.
    create function check_lines() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
    declare
      wrong text;
    begin
      select number into wrong from invoices i
        where id = any(array(select invoice_id from added))
          and total <> (select sum(amount) from invoice_lines where invoice_id = i.id) limit 1;
      if wrong is not null then
        raise exception 'the lines of % are not its total', wrong using errcode = 'integrity_constraint_violation';
      end if;
      return null;
    end $$;
    drop trigger invoice_lines_sum on invoice_lines;
    create trigger invoice_lines_sum after insert on invoice_lines
      referencing new table as added for each statement execute function check_lines();

    -- Checked when the transaction commits.
    create function check_invoice_has_lines() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
    begin
      if not exists (select from invoice_lines where invoice_id = new.id) then
        raise exception '% has no lines', new.number using errcode = 'integrity_constraint_violation';
      end if;
      return null;
    end $$;
    drop trigger invoices_have_lines on invoices;
    create constraint trigger invoices_have_lines after insert on invoices
      deferrable initially deferred for each row execute function check_invoice_has_lines();
    drop function check_invoice_lines();

    -- No invoice is paid without the money having moved before.
    create or replace function check_settlement() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
    declare
      wrong text;
    begin
      select number into wrong from changed i
        where status = 'paid'
          and not case kind
            when 'service' then exists (select from ledger_transactions where cause_type = 'invoice' and cause_id = i.id)
            else exists (select from payments where invoice_id = i.id and status = 'captured')
          end limit 1;
      if wrong is not null then
        raise exception '% is paid, but nothing settles it', wrong using errcode = 'integrity_constraint_violation';
      end if;
      return null;
    end $$;
    drop trigger invoices_settled on invoices;
    create trigger invoices_settled after update on invoices
      referencing new table as changed for each statement execute function check_settlement();

    -- After it is issued, an invoice changes its state, and its buyer with it while that is open, and nothing else. (Its number
    -- is generated after this trigger has run.)
    create or replace function keep_invoice() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
    declare
      expected invoices;
    begin
      if tg_op = 'DELETE' then
        raise exception 'invoices are not deleted' using errcode = 'integrity_constraint_violation';
      end if;
      expected := old;
      expected.number := new.number;
      expected.status := new.status;
      expected.paid_at := new.paid_at;
      expected.cancelled_at := new.cancelled_at;
      expected.balance_after := new.balance_after;
      if new is distinct from expected then
        raise exception 'an issued invoice is not edited' using errcode = 'integrity_constraint_violation';
      end if;
      if old.status <> 'unpaid' then
        raise exception 'invoice % is %', old.number, old.status using errcode = 'integrity_constraint_violation';
      end if;
      if new.status <> 'unpaid' and not old.buyer_final then
        new.buyer := (select buyer_of(c) from customers c where c.id = new.customer_id);
        new.buyer_final := true;
      end if;
      return new;
    end $$;

    -- Only what an order is found by makes its text anew.
    drop trigger orders_search_text on orders;
    create trigger orders_search_text before insert or update of id, plan_id, ip, service_name, hostname, comment, search_text
      on orders for each row execute function order_search_text();

    -- Room on each page for the next version of a row, so that its indexes need not be touched where nothing they hold changes.
    alter table orders set (fillfactor = 85);
    alter table ledger_accounts set (fillfactor = 70);
  `);
}

export async function down() {
  throw new Error('Migrations go forward only');
}
