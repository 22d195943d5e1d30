import type pg from 'pg';
import type { Db } from '../../src/platform/db/database.ts';
import { inTransaction } from '../../src/platform/db/transaction.ts';
import { SANDBOX } from '../../src/domain/gateways/sandbox.ts';
import { systemAccount } from '../../src/domain/ledger/accounts.ts';

interface SystemAccounts {
  revenue: number;
  clearing: number;
}

export const systemAccountsOf = (db: Db): Promise<SystemAccounts> =>
  inTransaction(db, async (trx) => ({
    revenue: await systemAccount(trx, { kind: 'revenue', currency: 'EUR' }),
    clearing: await systemAccount(trx, { kind: 'gateway_clearing', gateway: SANDBOX, currency: 'EUR' }),
  }));

/** Changes the rows that the application changes, with its locks, and nothing else: no checks, no words. */
export function byHand(pool: pg.Pool, { revenue, clearing }: SystemAccounts) {
  const inOne = async (work: (client: pg.PoolClient) => Promise<void>) => {
    const client = await pool.connect();
    await client.query('begin');
    await work(client);
    await client.query('commit');
    client.release();
  };
  const ask = async <Row extends pg.QueryResultRow>(client: pg.PoolClient, name: string, values: unknown[]) => {
    const { rows } = await client.query<Row>({ name, text: STATEMENTS[name] as string, values });
    return rows[0] as Row;
  };

  return {
    pay: ({ customerId, invoiceId }: { customerId: number; invoiceId: number }) =>
      inOne(async (client) => {
        const now = new Date();
        const invoice = await ask<{ total: string; lines: Line[] }>(client, 'lockInvoice', [invoiceId, customerId]);
        await ask(client, 'lockCustomer', [customerId]);
        const account = await ask<{ id: number; balance: string }>(client, 'lockAccount', [customerId]);
        const [line] = invoice.lines as [Line];
        await ask(client, 'lockOrder', [line.order_id, customerId]);
        const { id } = await ask<{ id: number }>(client, 'book', [
          'invoice_payment',
          'invoice',
          invoiceId,
          customerId,
          now,
          null,
        ]);
        const entries = [id, account.id, `-${invoice.total}`, revenue, invoice.total];
        const { balance_after: after } = await ask<{ balance_after: string }>(client, 'enter', entries);
        await ask(client, 'markPaid', [invoiceId, now, after]);
        await ask(client, 'extend', [line.order_id, line.months]);
        await ask(client, 'record', [line.order_id, customerId, '{"months": 1}', invoiceId, now]);
        await ask(client, 'notify', [customerId, 'order_renewed', '{"order": 1}', now]);
      }),

    capture: ({ customerId, invoiceId, reference }: { customerId: number; invoiceId: number; reference: string }) =>
      inOne(async (client) => {
        const now = new Date();
        await ask(client, 'lockInvoice', [invoiceId, customerId]);
        const payment = await ask<{ id: number; quote_id: number }>(client, 'lockPayment', [SANDBOX, reference]);
        await ask(client, 'keepEvent', [SANDBOX, reference, payment.id, now]);
        const account = await ask<{ id: number }>(client, 'lockAccount', [customerId]);
        const posting = ['payment', 'payment', payment.id, customerId, now, payment.quote_id];
        const { id } = await ask<{ id: number }>(client, 'book', posting);
        const entries = [id, account.id, '10.00', clearing, '-10.00'];
        const { balance_after: after } = await ask<{ balance_after: string }>(client, 'enter', entries);
        await ask(client, 'markCaptured', [payment.id, now]);
        await ask(client, 'markPaid', [invoiceId, now, after]);
        await ask(client, 'notify', [customerId, 'payment_received', '{"total": 1}', now]);
      }),
  };
}

interface Line {
  order_id: number;
  months: number;
}

const STATEMENTS: Record<string, string> = {
  lockInvoice: `
    select total, (select jsonb_agg(l) from invoice_lines l where l.invoice_id = i.id) as lines
    from invoices i
    where id = $1 and customer_id = $2
    for update`,
  lockCustomer: 'select * from customers where id = $1 for share',
  lockAccount: `select id, balance from ledger_accounts where customer_id = $1 and kind = 'customer_balance' for update`,
  lockOrder: 'select * from orders where id = $1 and customer_id = $2 for update',
  lockPayment: 'select id, quote_id from payments where gateway = $1 and reference = $2 for update',
  keepEvent: `
    insert into webhook_events (gateway, event_id, type, payment_id, body, received_at)
    values ($1, $2, 'captured', $3, '{"reference": "by hand"}', $4)`,
  book: `
    insert into ledger_transactions (kind, cause_type, cause_id, customer_id, occurred_at, quote_id)
    values ($1, $2, $3, $4, $5, $6)
    returning id`,
  enter: `
    insert into ledger_entries (transaction_id, account_id, amount, currency)
    values ($1, $2, $3, 'EUR'), ($1, $4, $5, 'EUR')
    returning balance_after`,
  markPaid: `update invoices set status = 'paid', paid_at = $2, balance_after = $3 where id = $1`,
  markCaptured: `
    update payments
    set status = 'captured', captured_amount = amount, captured_currency = currency, captured_at = $2
    where id = $1`,
  extend: `
    update orders
    set paid_months = paid_months + $2,
      paid_until = (anchor_on + make_interval(months => paid_months + $2))::date - 1
    where id = $1`,
  record: `
    insert into order_events (order_id, customer_id, kind, details, invoice_id, at)
    values ($1, $2, 'renewed', $3, $4, $5)`,
  notify: `
    insert into mails (customer_id, user_id, kind, locale, recipient, data, enqueued_at, due_at)
    select m.customer_id, u.id, $2, u.locale, u.email, $3, $4, $4
    from memberships m
    join users u on u.id = m.user_id
    where m.customer_id = $1 and u.disabled_at is null`,
};
