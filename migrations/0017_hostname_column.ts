import type { Knex } from 'knex';

/** The list of orders shows the hostname with the service name beneath it, to everybody from the start. */
export async function up(db: Knex) {
  await db.raw(`
    alter table users alter column order_columns set default '{hostname}';
    update users set order_columns = array_prepend('hostname', array_remove(order_columns, 'service_name'));
  `);
}

export async function down() {
  throw new Error('Migrations go forward only');
}
