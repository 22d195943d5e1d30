import type { Knex } from 'knex';

/** What staff search by, what the first page of the desk counts, and the rights that its new pages take. */
export async function up(db: Knex) {
  await db.raw(`
    create extension if not exists pg_trgm;

    -- Names and e-mails are found by any part of a word; there are few of them, and they seldom change.
    create index customers_by_words on customers using gin (
      lower(company_name || ' ' || first_name || ' ' || last_name || ' ' || registration_number || ' ' || vat_number)
      gin_trgm_ops
    );
    create index users_by_words on users using gin (lower(email::text) gin_trgm_ops);
    -- Hostnames by how they begin: an order changes often, and each index of it costs then.
    create index orders_by_hostname on orders (lower(hostname) text_pattern_ops) where hostname <> '';

    -- What staff's lists are filtered and sorted by. Days follow the order in which rows are added, so that their index
    -- is small and costs nothing to keep.
    create index orders_by_end on orders (paid_until, id);
    create index orders_in_question on orders (status, id) where status in ('awaiting_payment', 'provisioning', 'suspended');
    create index invoices_by_issue on invoices using brin (issued_at);
    create index invoices_by_due_date on invoices (due_on, id);
    create index payments_by_reference on payments (reference);
    create index payments_by_start on payments using brin (started_at);
    create index ledger_transactions_by_time on ledger_transactions using brin (occurred_at);
    create index ledger_transactions_by_customer on ledger_transactions (customer_id, id);
    create index ledger_transactions_by_kind on ledger_transactions (kind, id);

    create index payments_by_captured on payments (captured_at) where captured_at is not null;
    create index mails_by_sent on mails (sent_at) where sent_at is not null;
  `);
}

export async function down() {
  throw new Error('Migrations go forward only');
}
