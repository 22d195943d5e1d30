import type { Knex } from 'knex';

/** When a category's customers are reminded for the last time before a period ends. */
export async function up(db: Knex) {
  await db.raw(`
    alter table categories
      -- Days before the paid-until date on which the second reminder goes out; the first comes with the invoice.
      add column remind_days smallint not null default 1 check (remind_days between 0 and 59),
      add check (remind_days < invoice_days);
    alter table categories alter column remind_days drop default;
  `);
}

export async function down() {
  throw new Error('Migrations go forward only');
}
