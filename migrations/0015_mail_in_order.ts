import type { Knex } from 'knex';

/** A message waits for those before it to the same person: what has not been sent yet, by person. */
export async function up(db: Knex) {
  await db.raw(`create index mails_before on mails (user_id, id) where state in ('waiting', 'sending')`);
}

export async function down() {
  throw new Error('Migrations go forward only');
}
