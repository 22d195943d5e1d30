import type { Knex } from 'knex';

/** Second factors that staff are asked to remove: announced to the owner, who can stop it, and done after a while. */
export async function up(db: Knex) {
  await db.raw(`
    create table factor_removals (
      id bigint generated always as identity primary key,
      user_id bigint not null references users on delete cascade,
      asked_by bigint not null references users,
      reason text not null check (reason <> '' and length(reason) <= 500),
      asked_at timestamptz not null,
      -- A second member of staff: then the owner has less time to object.
      approved_by bigint references users check (approved_by <> asked_by),
      due_at timestamptz not null check (due_at > asked_at),
      -- Of the token in the owner's message.
      hash bytea not null unique check (length(hash) = 32),
      stopped_at timestamptz,
      done_at timestamptz,
      check (stopped_at is null or done_at is null)
    );
    create unique index factor_removals_open on factor_removals (user_id) where stopped_at is null and done_at is null;
    create index factor_removals_due on factor_removals (due_at) where stopped_at is null and done_at is null;
  `);
}

export async function down() {
  throw new Error('Migrations go forward only');
}
