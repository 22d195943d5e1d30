import type { Knex } from 'knex';

/** Sessions that their user can see and end, what happened at sign-ins, and messages to users as such. */
export async function up(db: Knex) {
  await db.raw(`
    -- Nobody's: of an earlier version, which kept visitors here.
    delete from sessions
    where (sess #>> '{passport,user}') is null
      or not exists (select from users where id = (sess #>> '{passport,user}')::bigint);

    alter table sessions
      add column id bigint generated always as identity unique,
      add column user_id bigint references users on delete cascade,
      -- Which of the customers that the user is a member of they act for.
      add column customer_id bigint references customers on delete set null,
      add column created_at timestamptz,
      add column seen_at timestamptz,
      add column address inet,
      add column user_agent text not null default '' check (length(user_agent) <= 400);
    update sessions
    set user_id = (sess #>> '{passport,user}')::bigint,
      customer_id = (
        select customer_id
        from memberships
        where user_id = (sess #>> '{passport,user}')::bigint
        order by id
        limit 1
      ),
      created_at = to_timestamp(coalesce((sess ->> 'signedInAt')::bigint, 0) / 1000.0),
      seen_at = to_timestamp(coalesce((sess ->> 'seenAt')::bigint, 0) / 1000.0),
      sess = ((sess::jsonb - 'signedInAt') - 'seenAt')::json;
    alter table sessions
      alter column user_id set not null,
      alter column created_at set not null,
      alter column seen_at set not null;
    create index sessions_user on sessions (user_id, created_at);

    alter table users add column password_changed_at timestamptz;

    -- What happened when somebody signed in or tried to; of an unknown e-mail nothing is kept but that it was one.
    create table sign_ins (
      id bigint generated always as identity primary key,
      user_id bigint references users on delete cascade,
      at timestamptz not null,
      outcome text not null check (outcome in ('signed_in', 'wrong_password', 'wrong_code', 'refused')),
      method text not null check (method in ('password', 'password_code', 'password_recovery', 'password_remembered')),
      address inet,
      user_agent text not null default '' check (length(user_agent) <= 400)
    );
    create index sign_ins_user on sign_ins (user_id, id desc);
    create index sign_ins_at on sign_ins (at);

    create function keep_sign_in() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
    begin
      -- Of an account that goes, all goes: then it is the user's row that is deleted.
      if tg_op = 'DELETE' and (old.at < now() - interval '30 days' or pg_trigger_depth() > 1) then
        return old;
      end if;
      raise exception 'what happened at a sign-in stays as it is' using errcode = 'integrity_constraint_violation';
    end $$;
    create trigger sign_ins_kept before update or delete on sign_ins for each row execute function keep_sign_in();

    -- A message may be to a user as such (about their password), or to an address that is nobody's yet (an invitation).
    alter table mails
      alter column customer_id drop not null,
      alter column user_id drop not null;
    create index mails_new_device on mails (user_id, enqueued_at) where kind = 'new_device';
    create index mails_before_unknown on mails (recipient, id) where user_id is null and state in ('waiting', 'sending');
  `);
}

export async function down() {
  throw new Error('Migrations go forward only');
}
