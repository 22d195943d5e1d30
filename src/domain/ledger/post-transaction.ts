import type { Transaction } from '../../platform/db/database.ts';
import type { Money } from '../money/money.ts';

export type TransactionKind = 'payment' | 'invoice_payment' | 'adjustment' | 'plan_change_credit' | 'refund';

export interface Posting {
  kind: TransactionKind;
  /** The event that moves the money, and its row: never booked twice (rule L3). */
  cause: { type: 'payment' | 'invoice' | 'adjustment' | 'plan_change' | 'cancellation'; id: number };
  customerId: number;
  quoteId?: number | null;
  /** Who did it; null for the portal itself. */
  userId?: number | null;
  occurredAt: Date;
  /** Two or more; they sum to zero in each currency (rule L1). */
  entries: { accountId: number; money: Money }[];
}

/**
 * Books ledger transactions. Customers' accounts among the entries must have been locked by the caller. The database
 * moves the stored balances and, when the transaction commits, refuses what does not sum to zero.
 * @returns for each posting the customer's balance after, as the database computed it; null when no customer's account moved.
 */
export async function postTransactions(trx: Transaction, postings: Posting[]): Promise<(string | null)[]> {
  const transactions = postings.map(({ kind, cause, customerId, quoteId, userId, occurredAt }) => ({
    kind,
    cause_type: cause.type,
    cause_id: cause.id,
    customer_id: customerId,
    quote_id: quoteId ?? null,
    user_id: userId ?? null,
    occurred_at: occurredAt,
  }));
  const entries = postings.flatMap(({ cause, entries: booked }) =>
    booked.map(({ accountId, money }) => ({
      cause_type: cause.type,
      cause_id: cause.id,
      account_id: accountId,
      amount: money.toDatabase(),
      currency: money.currency,
    })),
  );
  // In the order of the postings, since each balance follows from the one before.
  const { rows } = await trx.raw<{ rows: { cause_type: string; cause_id: number; balance_after: string }[] }>(
    `with transactions as (
       insert into ledger_transactions (kind, cause_type, cause_id, customer_id, quote_id, user_id, occurred_at)
       select kind, cause_type, cause_id, customer_id, quote_id, user_id, occurred_at
       from jsonb_to_recordset(cast(:transactions as jsonb)) as t (
         kind text, cause_type text, cause_id bigint, customer_id bigint, quote_id bigint, user_id bigint,
         occurred_at timestamptz
       )
       returning id, cause_type, cause_id
     ), booked as (
       insert into ledger_entries (transaction_id, account_id, amount, currency)
       select t.id, e.account_id, e.amount, e.currency
       from rows from (
         jsonb_to_recordset(cast(:entries as jsonb)) as (
           cause_type text, cause_id bigint, account_id bigint, amount numeric, currency char(3)
         )
       ) with ordinality as e (cause_type, cause_id, account_id, amount, currency, place)
       join transactions t using (cause_type, cause_id)
       order by e.place
       returning transaction_id, balance_after
     )
     select t.cause_type, t.cause_id, b.balance_after
     from booked b
     join transactions t on t.id = b.transaction_id
     where b.balance_after is not null`,
    { transactions: JSON.stringify(transactions), entries: JSON.stringify(entries) },
  );
  const key = (type: string, id: number) => `${type} ${id}`;
  const after = new Map(rows.map((row) => [key(row.cause_type, row.cause_id), row.balance_after]));
  return postings.map(({ cause }) => after.get(key(cause.type, cause.id)) ?? null);
}

/** Books one ledger transaction, as `postTransactions` does. @returns the customer's balance after */
export async function postTransaction(trx: Transaction, posting: Posting): Promise<string | null> {
  const [after] = await postTransactions(trx, [posting]);
  return after ?? null;
}
