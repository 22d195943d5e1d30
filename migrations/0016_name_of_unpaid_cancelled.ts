import type { Knex } from 'knex';

/**
 * The action that cancels an unpaid new order gets the name that the code has for it, in what earlier runs did too. The
 * rows stay what they are, so their triggers stand aside for this.
 */
export async function up(db: Knex) {
  await db.raw(`
    alter table billing_run_items disable trigger billing_run_items_immutable;
    update billing_run_items set action = 'unpaid_cancelled' where action = 'given_up';
    alter table billing_run_items enable trigger billing_run_items_immutable;

    alter table billing_failures disable trigger billing_failures_immutable;
    update billing_failures set step = 'unpaid_cancelled' where step = 'given_up';
    alter table billing_failures enable trigger billing_failures_immutable;

    update billing_runs set step = 'unpaid_cancelled' where step = 'given_up';
  `);
}

export async function down() {
  throw new Error('Migrations go forward only');
}
