import type { Day } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { likeAnywhere, whereInDays } from '../../platform/db/search.ts';
import { CUSTOMER_NAME } from '../identity/user-queries.ts';
import { Money } from '../money/money.ts';
import type { StaffList } from './staff-list.ts';

export interface StaffCustomerFilter {
  /** Every word in the number, a name, the company, its numbers or a member's e-mail. */
  q: string;
  state?: 'open' | 'blocked' | undefined;
  country?: string | undefined;
  currency?: string | undefined;
  /** With an invoice that is overdue, or with money on the balance. */
  money?: 'overdue' | 'balance' | undefined;
  /** Days on which the account was opened, both included. */
  from?: Day | undefined;
  to?: Day | undefined;
  /** Days begin at midnight in this time zone. */
  timeZone: string;
}

export const STAFF_CUSTOMER_SORTS = ['id'] as const;

export interface StaffCustomer {
  id: number;
  name: string;
  /** Of an owner; empty without one. */
  email: string;
  kind: 'person' | 'company';
  country: string;
  blocked: boolean;
  orders: number;
  unpaid: Money;
  balance: Money;
  createdAt: Date;
}

interface Row {
  id: number;
  name: string | null;
  email: string | null;
  kind: 'person' | 'company';
  country: string;
  blocked_at: Date | null;
  orders: number;
  unpaid: string;
  balance: string;
  account_currency: string;
  created_at: Date;
}

/** SQL: what an index holds of a customer's names and numbers, of `customers`. */
const WORDS = `lower(company_name || ' ' || first_name || ' ' || last_name || ' ' || registration_number || ' ' || vat_number)`;

/** All customers, as of a day. */
export const staffCustomers = (
  today: Day,
): StaffList<StaffCustomerFilter, (typeof STAFF_CUSTOMER_SORTS)[number], Row, StaffCustomer> => ({
  alias: 'c',
  sorts: { id: 'id' },
  found(db: Db, filter) {
    const query = db('customers as c');
    // Each part by its own index.
    for (const word of filter.q.split(/\s+/).filter(Boolean))
      void query.whereRaw(
        `c.id in (
           select id
           from customers
           where ${WORDS} like :word
           union all
           select m.customer_id
           from users u
           join memberships m on m.user_id = u.id
           where lower(u.email::text) like :word
           union all
           select cast(:id as bigint)
         )`,
        { word: likeAnywhere(word.toLowerCase()), id: /^#?\d{1,12}$/.test(word) ? word.replace('#', '') : null },
      );
    if (filter.state) void query.whereRaw(`c.blocked_at is ${filter.state === 'blocked' ? 'not' : ''} null`);
    if (filter.country) void query.where('c.country', filter.country);
    if (filter.currency) void query.where('c.account_currency', filter.currency);
    if (filter.money === 'overdue')
      void query.whereRaw(
        `c.id in (
           select customer_id
           from invoices
           where kind = 'service'
             and status = 'unpaid'
             and due_on < ?
         )`,
        [today],
      );
    if (filter.money === 'balance')
      void query.whereRaw(
        `exists (
           select
           from ledger_accounts a
           where a.customer_id = c.id
             and a.kind = 'customer_balance'
             and a.balance > 0
         )`,
      );
    whereInDays(query, 'c.created_at', filter);
    return query;
  },
  shown: (page) =>
    page
      .join('ledger_accounts as a', (join) => join.on('a.customer_id', 'c.id').andOnVal('a.kind', 'customer_balance'))
      .select(
        'c.id',
        'c.kind',
        'c.country',
        'c.blocked_at',
        'c.account_currency',
        'c.created_at',
        'a.balance',
        page.client.raw(`${CUSTOMER_NAME} as name`),
        page.client.raw(
          `(
             select u.email::text
             from memberships m
             join users u on u.id = m.user_id
             where m.customer_id = c.id
             order by m.role = 'owner' desc, m.id
             limit 1
           ) as email`,
        ),
        page.client.raw('(select count(*) from orders o where o.customer_id = c.id) as orders'),
        page.client.raw(
          `(
             select coalesce(sum(i.total), 0)
             from invoices i
             where i.customer_id = c.id
               and i.kind = 'service'
               and i.status = 'unpaid'
           ) as unpaid`,
        ),
      ),
  toItem: (row) => ({
    id: row.id,
    name: row.name ?? '',
    email: row.email ?? '',
    kind: row.kind,
    country: row.country,
    blocked: row.blocked_at !== null,
    orders: row.orders,
    unpaid: Money.of(row.unpaid, row.account_currency),
    balance: Money.of(row.balance, row.account_currency),
    createdAt: row.created_at,
  }),
});
