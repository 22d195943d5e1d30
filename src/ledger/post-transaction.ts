import type { Transaction } from '../db/database.ts';
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
 * Books one ledger transaction. Customers' accounts among the entries must have been locked by the caller. The database
 * moves the stored balances and, when the transaction commits, refuses what does not sum to zero.
 * @returns the customer's balance after, as the database computed it; null when no customer's account moved.
 */
export async function postTransaction(trx: Transaction, posting: Posting): Promise<string | null> {
  const [transaction] = await trx('ledger_transactions')
    .insert({
      kind: posting.kind,
      cause_type: posting.cause.type,
      cause_id: posting.cause.id,
      customer_id: posting.customerId,
      quote_id: posting.quoteId ?? null,
      occurred_at: posting.occurredAt,
    })
    .returning<{ id: number }[]>('id');
  const entries = await trx('ledger_entries')
    .insert(
      posting.entries.map(({ accountId, money }) => ({
        transaction_id: transaction?.id,
        account_id: accountId,
        amount: money.toDatabase(),
        currency: money.currency,
      })),
    )
    .returning<{ balance_after: string | null }[]>('balance_after');
  return entries.find((entry) => entry.balance_after !== null)?.balance_after ?? null;
}
