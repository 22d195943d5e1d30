import type { Transaction } from '../../platform/db/database.ts';
import { insertRows } from '../../platform/db/insert-rows.ts';
import type { Money } from '../money/money.ts';

export type TransactionKind = 'payment' | 'invoice_payment' | 'adjustment' | 'plan_change_credit' | 'refund';

export interface Posting {
  kind: TransactionKind;
  /** The event that moves the money, and its row: never booked twice (rule L3). */
  cause: { type: 'payment' | 'invoice' | 'adjustment' | 'plan_change' | 'cancellation'; id: number };
  customerId: number;
  quoteId?: number | null;
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
  const transactions = await insertRows<{ id: number; cause_type: string; cause_id: number }>(
    trx,
    'ledger_transactions',
    {
      kind: 'text',
      cause_type: 'text',
      cause_id: 'bigint',
      customer_id: 'bigint',
      quote_id: 'bigint',
      occurred_at: 'timestamptz',
    },
    postings.map((posting) => ({
      kind: posting.kind,
      cause_type: posting.cause.type,
      cause_id: posting.cause.id,
      customer_id: posting.customerId,
      quote_id: posting.quoteId ?? null,
      occurred_at: posting.occurredAt,
    })),
    ['id', 'cause_type', 'cause_id'],
  );
  const key = (type: string, id: number) => `${type} ${id}`;
  const ids = new Map(transactions.map((row) => [key(row.cause_type, row.cause_id), row.id]));
  const entries = await insertRows<{ transaction_id: number; balance_after: string | null }>(
    trx,
    'ledger_entries',
    { transaction_id: 'bigint', account_id: 'bigint', amount: 'numeric', currency: 'char(3)' },
    postings.flatMap((posting) =>
      posting.entries.map(({ accountId, money }) => ({
        transaction_id: ids.get(key(posting.cause.type, posting.cause.id)),
        account_id: accountId,
        amount: money.toDatabase(),
        currency: money.currency,
      })),
    ),
    ['transaction_id', 'balance_after'],
  );
  const after = new Map<number, string>();
  for (const { transaction_id, balance_after } of entries)
    if (balance_after !== null) after.set(transaction_id, balance_after);
  return postings.map(({ cause }) => after.get(ids.get(key(cause.type, cause.id)) ?? 0) ?? null);
}

/** Books one ledger transaction, as `postTransactions` does. @returns the customer's balance after */
export async function postTransaction(trx: Transaction, posting: Posting): Promise<string | null> {
  const [after] = await postTransactions(trx, [posting]);
  return after ?? null;
}
