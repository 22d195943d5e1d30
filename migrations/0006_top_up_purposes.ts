import type { Knex } from 'knex';

export async function up(db: Knex) {
  await db.raw(`
    -- What a top-up was made for: these invoices are paid from the balance as soon as its money is there.
    create table top_up_purposes (
      top_up_invoice_id bigint primary key references invoices,
      customer_id bigint not null references customers,
      invoice_ids bigint[] not null check (cardinality(invoice_ids) between 1 and 100)
    );
    create trigger top_up_purposes_immutable before update or delete on top_up_purposes for each row execute function refuse_change();
  `);
}

export async function down() {
  throw new Error('Migrations go forward only');
}
