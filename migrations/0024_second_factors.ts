import type { Knex } from 'knex';

/** A code from an app after the password, and what takes its place: recovery codes, browsers that are remembered. */
export async function up(db: Knex) {
  await db.raw(`
    create table totp_factors (
      user_id bigint primary key references users on delete cascade,
      -- In base32, sealed with ENCRYPTION_KEY.
      secret text not null,
      -- Of the last code that was accepted: none is accepted twice, nor an earlier one after it.
      last_step bigint not null,
      since timestamptz not null
    );

    -- Of 120 random bits each, so that a fast hash is enough.
    create table recovery_codes (
      user_id bigint not null references users on delete cascade,
      hash bytea not null check (length(hash) = 32),
      created_at timestamptz not null,
      used_at timestamptz,
      primary key (user_id, hash)
    );

    -- Browsers that are not asked for the code again; each has a cookie of 256 random bits.
    create table remembered_browsers (
      id bigint generated always as identity primary key,
      user_id bigint not null references users on delete cascade,
      hash bytea not null unique check (length(hash) = 32),
      created_at timestamptz not null,
      expires_at timestamptz not null,
      address inet,
      user_agent text not null default '' check (length(user_agent) <= 400)
    );
    create index remembered_browsers_user on remembered_browsers (user_id);
  `);
}

export async function down() {
  throw new Error('Migrations go forward only');
}
