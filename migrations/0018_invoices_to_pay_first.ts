import type { Knex } from 'knex';

export async function up(db: Knex) {
  await db.raw(`
    -- The list of invoices begins with what is to be paid, the first due at the top; then the newest.
    create index invoices_to_pay_first on invoices (
      customer_id,
      (status <> 'unpaid' or kind <> 'service'),
      (case when status = 'unpaid' and kind = 'service' then due_on end),
      issued_at desc,
      id desc
    );
    -- The same list, sorted by due date.
    create index invoices_by_due on invoices (customer_id, due_on, id);
    -- The top-ups that were made to pay an invoice.
    create index top_up_purposes_invoices on top_up_purposes using gin (invoice_ids);
  `);
}

export async function down() {
  throw new Error('Migrations go forward only');
}
