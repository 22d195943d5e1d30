import type { Day } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { whereInDays } from '../../platform/db/search.ts';
import { CUSTOMER_NAME } from '../identity/user-queries.ts';
import type { TransactionKind } from '../ledger/post-transaction.ts';
import type { AccountKind } from '../ledger/accounts.ts';
import { Money } from '../money/money.ts';
import type { StaffList } from './staff-list.ts';

export interface StaffTransactionFilter {
  kind?: TransactionKind | undefined;
  /** With an entry on such an account. */
  account?: AccountKind | undefined;
  customer?: number | undefined;
  /** Days on which it was booked, both included. */
  from?: Day | undefined;
  to?: Day | undefined;
  /** Days begin at midnight in this time zone. */
  timeZone: string;
}

export const STAFF_TRANSACTION_SORTS = ['at'] as const;

export interface TransactionEntry {
  account: AccountKind;
  gateway: string | null;
  amount: Money;
}

export interface StaffTransaction {
  id: number;
  at: Date;
  kind: TransactionKind;
  customerId: number | null;
  customer: string | null;
  /** What it was booked for: the kind of thing and its number. */
  cause: { type: string; id: number };
  /** What each account moved by; they come to nothing in each currency. */
  entries: TransactionEntry[];
}

interface Row {
  id: number;
  occurred_at: Date;
  kind: TransactionKind;
  customer_id: number | null;
  customer: string | null;
  cause_type: string;
  cause_id: number;
  entries: { account: AccountKind; gateway: string | null; amount: string; currency: string }[];
}

/** All transactions of the ledger. */
export const staffTransactions: StaffList<
  StaffTransactionFilter,
  (typeof STAFF_TRANSACTION_SORTS)[number],
  Row,
  StaffTransaction
> = {
  alias: 't',
  sorts: { at: 'id' },
  found(db: Db, filter) {
    const query = db('ledger_transactions as t');
    if (filter.kind) void query.where('t.kind', filter.kind);
    if (filter.account)
      void query.whereRaw(
        `exists (
           select
           from ledger_entries e
           join ledger_accounts a on a.id = e.account_id
           where e.transaction_id = t.id
             and a.kind = ?
         )`,
        [filter.account],
      );
    if (filter.customer) void query.where('t.customer_id', filter.customer);
    whereInDays(query, 't.occurred_at', filter);
    return query;
  },
  shown: (page) =>
    page.leftJoin('customers as c', 'c.id', 't.customer_id').select(
      't.id',
      't.occurred_at',
      't.kind',
      't.customer_id',
      't.cause_type',
      't.cause_id',
      page.client.raw(`${CUSTOMER_NAME} as customer`),
      page.client.raw(
        `(
           select jsonb_agg(
             jsonb_build_object('account', a.kind, 'gateway', a.gateway, 'amount', e.amount::text, 'currency', e.currency)
             order by e.id
           )
           from ledger_entries e
           join ledger_accounts a on a.id = e.account_id
           where e.transaction_id = t.id
         ) as entries`,
      ),
    ),
  toItem: (row) => ({
    id: row.id,
    at: row.occurred_at,
    kind: row.kind,
    customerId: row.customer_id,
    customer: row.customer,
    cause: { type: row.cause_type, id: row.cause_id },
    entries: row.entries.map(({ account, gateway, amount, currency }) => ({
      account,
      gateway,
      amount: Money.of(amount, currency),
    })),
  }),
};
