import type { Knex } from 'knex';

export async function up(db: Knex) {
  await db.raw(`
    alter table plans add column refunds_unused boolean not null default false;
    comment on column plans.refunds_unused is 'whether days that are paid and not used are credited when an order is cancelled';
    alter table orders add column cancel_reason text not null default '' check (length(cancel_reason) <= 500);
  `);
}

export async function down() {
  throw new Error('Migrations go forward only');
}
