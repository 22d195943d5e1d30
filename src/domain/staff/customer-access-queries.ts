import type { Db } from '../../platform/db/database.ts';
import { Money } from '../money/money.ts';

export interface CustomerAccess {
  balance: Money;
  users: { email: string; disabled: boolean }[];
}

/** A customer's balance and who may sign in. */
export async function getCustomerAccess(db: Db, customerId: number): Promise<CustomerAccess> {
  const [account, users] = await Promise.all([
    db('ledger_accounts')
      .where({ customer_id: customerId, kind: 'customer_balance' })
      .first<{ balance: string; currency: string }>('balance', 'currency'),
    db('memberships as m')
      .join('users as u', 'u.id', 'm.user_id')
      .where({ 'm.customer_id': customerId })
      .orderBy('m.id')
      .select<{ email: string; disabled_at: Date | null }[]>('u.email', 'u.disabled_at'),
  ]);
  return {
    balance: Money.of(account.balance, account.currency),
    users: users.map((user) => ({ email: user.email, disabled: user.disabled_at !== null })),
  };
}

/** Since when staff have blocked a customer, why, and what they say. */
export interface Block {
  since: Date;
  reason: string;
  text: string;
}

/** Null for a customer who is not blocked. */
export async function getBlock(db: Db, customerId: number): Promise<Block | null> {
  const row = await db('customers')
    .where({ id: customerId })
    .first<{ blocked_at: Date | null; block_reason: string; block_text: string }>(
      'blocked_at',
      'block_reason',
      'block_text',
    );
  return row.blocked_at ? { since: row.blocked_at, reason: row.block_reason, text: row.block_text } : null;
}
