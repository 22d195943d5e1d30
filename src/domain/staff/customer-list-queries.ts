import type { Knex } from 'knex';
import type { Db } from '../../platform/db/database.ts';
import { likeAnywhere } from '../../platform/db/search.ts';
import { Money } from '../money/money.ts';
import { CUSTOMER_NAME } from '../identity/user-queries.ts';

export interface CustomerListItem {
  id: number;
  name: string;
  email: string;
  kind: 'person' | 'company';
  country: string;
  orders: number;
  unpaid: Money;
  balance: Money;
  createdAt: Date;
}

interface CustomerListRow {
  id: number;
  name: string;
  email: string | null;
  kind: 'person' | 'company';
  country: string;
  orders: number;
  unpaid: string;
  balance: string;
  account_currency: string;
  created_at: Date;
}

/** Every word in the number, a name, the company or the e-mail. */
function matching(db: Db, q: string): Knex.QueryBuilder {
  const query = db('customers as c');
  for (const word of q.split(/\s+/).filter(Boolean)) {
    void query.whereRaw(
      `(c.id::text like :word
        or concat_ws(' ', c.company_name, c.first_name, c.last_name) ilike :word
        or exists (
          select
          from memberships m
          join users u on u.id = m.user_id
          where m.customer_id = c.id
            and u.email::text ilike :word
        ))`,
      { word: likeAnywhere(word) },
    );
  }
  return query;
}

export async function countCustomers(db: Db, q: string): Promise<number> {
  const row = await matching(db, q).first<{ count: number }>(db.raw('count(*) as count'));
  return row.count;
}

/** Customers, newest first, with what a member of staff looks for; sub-selects run for the page's rows only. */
export async function listCustomers(
  db: Db,
  q: string,
  { limit, offset }: { limit: number; offset: number },
): Promise<CustomerListItem[]> {
  const page = matching(db, q).orderBy('c.id', 'desc').limit(limit).offset(offset).select('c.*').as('c');
  const rows = await db
    .from(page)
    .join('ledger_accounts as a', (join) => join.on('a.customer_id', 'c.id').andOnVal('a.kind', 'customer_balance'))
    .orderBy('c.id', 'desc')
    .select<CustomerListRow[]>(
      'c.id',
      'c.kind',
      'c.country',
      'c.account_currency',
      'c.created_at',
      'a.balance',
      db.raw(`${CUSTOMER_NAME} as name`),
      db.raw(
        `(
           select u.email::text
           from memberships m
           join users u on u.id = m.user_id
           where m.customer_id = c.id
           order by m.role = 'owner' desc, m.id
           limit 1
         ) as email`,
      ),
      db.raw('(select count(*) from orders o where o.customer_id = c.id) as orders'),
      db.raw(
        `(
           select coalesce(sum(i.total), 0)
           from invoices i
           where i.customer_id = c.id
             and i.kind = 'service'
             and i.status = 'unpaid'
         ) as unpaid`,
      ),
    );
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    email: row.email ?? '',
    kind: row.kind,
    country: row.country,
    orders: row.orders,
    unpaid: Money.of(row.unpaid, row.account_currency),
    balance: Money.of(row.balance, row.account_currency),
    createdAt: row.created_at,
  }));
}

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
