import type { Knex } from 'knex';

/**
 * How hostnames begin, for the planner: it does not look at the statistics of an index of a part of the table, and then
 * reads the whole table backwards for a name that nobody has.
 */
export async function up(db: Knex) {
  await db.raw(`
    create statistics orders_hostnames on (lower(hostname)) from orders;
    analyze orders;
  `);
}

export async function down() {
  throw new Error('Migrations go forward only');
}
