import type { Knex } from 'knex';

export async function up(db: Knex) {
  await db.raw(`
    -- When the embedded database was backed up, or restored from a backup, and how that went.
    create table backups (
      id bigint generated always as identity primary key,
      kind text not null check (kind in ('backup', 'restore')),
      started_at timestamptz not null,
      finished_at timestamptz not null check (finished_at >= started_at),
      result text not null check (result in ('ok', 'failed')),
      bytes bigint not null check (bytes >= 0),
      -- The folder of the backup.
      path text not null,
      detail text not null default ''
    );
    create trigger backups_immutable before update or delete on backups for each row execute function refuse_change();
  `);
}

export async function down() {
  throw new Error('Migrations go forward only');
}
