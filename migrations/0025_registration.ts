import type { Knex } from 'knex';

/** Accounts that people open themselves: links in mail that work once, what they agreed to, and those nobody confirmed. */
export async function up(db: Knex) {
  await db.raw(`
    -- Of an account that somebody opened and nobody confirmed: when it goes.
    alter table users add column confirm_by timestamptz;
    create index users_confirm_by on users (confirm_by) where confirm_by is not null;

    -- A link in mail: whoever has the token may do one thing, once, for a while. Of the token the hash is kept.
    create table account_links (
      id bigint generated always as identity primary key,
      purpose text not null
        check (purpose in ('confirm_email', 'reset_password', 'change_email', 'return_email')),
      hash bytea not null unique check (length(hash) = 32),
      -- Null for an e-mail that is nobody's: the row is written all the same, so that it takes as long.
      user_id bigint references users on delete cascade,
      -- The address that is confirmed, changed to or put back.
      email citext not null,
      -- Where the person was going.
      next text not null default '' check (length(next) <= 4000),
      created_at timestamptz not null,
      expires_at timestamptz not null,
      used_at timestamptz
    );
    create index account_links_user on account_links (user_id, purpose);
    create index account_links_expires on account_links (expires_at);

    create table terms_consents (
      id bigint generated always as identity primary key,
      user_id bigint not null references users on delete cascade,
      url text not null,
      version text not null,
      at timestamptz not null,
      address inet
    );
    create index terms_consents_user on terms_consents (user_id);

    -- An account that nothing was ever booked on may go with its customer; all others stay.
    create or replace function keep_account() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
    begin
      if tg_op = 'DELETE' then
        if old.kind = 'customer_balance' and not exists (select from ledger_entries where account_id = old.id) then
          return old;
        end if;
        raise exception 'ledger accounts are not deleted' using errcode = 'integrity_constraint_violation';
      end if;
      if pg_trigger_depth() = 1 or (to_jsonb(new) - 'balance') <> (to_jsonb(old) - 'balance') then
        raise exception 'a balance is moved by ledger entries only' using errcode = 'integrity_constraint_violation';
      end if;
      return new;
    end $$;

    -- Removes accounts that had to be confirmed by then, unless anything refers to them; says how many.
    create function remove_unconfirmed_accounts(at timestamptz) returns integer
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
    declare
      person record;
      left_customers bigint[];
      removed integer := 0;
    begin
      for person in
        select u.id
        from users u
        where u.kind = 'member'
          and u.confirm_by <= at
          -- Somebody else acts for the same customer.
          and not exists (
            select
            from memberships own
            join memberships other on other.customer_id = own.customer_id and other.user_id <> u.id
            where own.user_id = u.id
          )
        order by u.id
      loop
        begin
          with gone as (
            delete from memberships where user_id = person.id returning customer_id
          )
          select array_agg(customer_id) into left_customers from gone;
          delete from mails where user_id = person.id;
          delete from ledger_accounts where customer_id = any(left_customers);
          delete from ssh_keys where customer_id = any(left_customers);
          delete from customers where id = any(left_customers);
          delete from users where id = person.id;
          removed := removed + 1;
        exception when integrity_constraint_violation or foreign_key_violation then
          -- An order, an invoice or an audit row refers to it.
          null;
        end;
      end loop;
      return removed;
    end $$;
    revoke all on function remove_unconfirmed_accounts from public;
  `);
}

export async function down() {
  throw new Error('Migrations go forward only');
}
