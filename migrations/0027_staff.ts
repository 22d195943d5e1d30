import type { Knex } from 'knex';

/** Staff who are invited, changed and disabled, the first administrator, and customers that staff have blocked. */
export async function up(db: Knex) {
  await db.raw(`
    -- What starts on an empty production database print, until there is an administrator.
    create table setup_tokens (
      hash bytea primary key check (length(hash) = 32),
      created_at timestamptz not null
    );

    alter table audit_log
      -- Null for what the portal did by itself.
      alter column user_id drop not null,
      -- The role that the member of staff had then.
      add column role text;

    alter table customers
      add column blocked_at timestamptz,
      add column block_reason text not null default '' check (length(block_reason) <= 500),
      -- What the customer is told.
      add column block_text text not null default '' check (length(block_text) <= 500),
      add check ((blocked_at is null) = (block_reason = ''));

    alter table account_links drop constraint account_links_purpose_check;
    alter table account_links add check (
      purpose in ('confirm_email', 'reset_password', 'change_email', 'return_email', 'welcome')
    );

    -- Gives a member of staff a role, and says whether they may come in. One of them stays who may do this.
    create function change_staff_member(member bigint, new_role text, is_disabled boolean, at timestamptz) returns void
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
    begin
      -- Of two changes at the same moment the second sees the first.
      perform from users where kind = 'staff' order by id for update;
      update users
      set staff_role = new_role,
        disabled_at = case when is_disabled then coalesce(disabled_at, at) end
      where id = member
        and kind = 'staff';
      if not found then
        raise exception 'no such member of staff' using errcode = 'no_data_found';
      end if;
      if not exists (
        select
        from users u
        join staff_roles r on r.code = u.staff_role
        where u.disabled_at is null
          and 'staff:edit' = any(r.rights)
      ) then
        raise exception 'the last administrator stays' using errcode = 'integrity_constraint_violation';
      end if;
    end $$;
    revoke all on function change_staff_member from public;
  `);
}

export async function down() {
  throw new Error('Migrations go forward only');
}
