import type { Knex } from 'knex';

/** What staff are written to about: each of the kinds of the work list, at once or every morning. */
export async function up(db: Knex) {
  await db.raw(`
    create table staff_notices (
      user_id bigint not null references users on delete cascade,
      kind text not null check (kind ~ '^[a-z_]{1,60}$'),
      mode text not null check (mode in ('at_once', 'digest')),
      -- How many there were, and how new the newest was, when it was last looked at: what is more or newer is written about.
      seen_count integer not null default 0,
      seen_newest timestamptz,
      -- The last day of whose digest it was a part.
      digest_on date,
      primary key (user_id, kind)
    );
  `);
}

export async function down() {
  throw new Error('Migrations go forward only');
}
