import { z } from 'zod';
import {
  STAFF_TRANSACTION_SORTS,
  type StaffTransaction,
  staffTransactions,
  type TransactionEntry,
} from '../../domain/desk/transaction-list-queries.ts';
import { streamFound } from '../../domain/desk/staff-list.ts';
import { choice, dayField, idField, listFields } from '../../web/list-address.ts';
import { csvTime, sendCsv } from '../../web/rendering/csv.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { StaffRequest } from '../../web/request-context.ts';
import { readStaffList } from './read-staff-list.ts';

const KINDS = ['payment', 'invoice_payment', 'adjustment', 'plan_change_credit', 'refund'] as const;
const ACCOUNTS = ['customer_balance', 'revenue', 'exchange', 'gateway_clearing', 'adjustments'] as const;

const Query = z.object({
  ...listFields([...STAFF_TRANSACTION_SORTS], 'at', 'desc'),
  kind: choice(KINDS),
  account: choice(ACCOUNTS),
  customer: idField,
  from: dayField,
  to: dayField,
});

function asked({ req, config }: StaffRequest) {
  // There is nothing to search by.
  const { q: _, ...query } = Query.parse(req.query);
  return { query, filter: { ...query, timeZone: config.timeZone } };
}

/** Every transaction of the ledger with its entries. */
export async function showTransactions(context: StaffRequest) {
  await renderPage(context, 'staff/transactions', await transactionsPage(context));
}

async function transactionsPage(context: StaffRequest) {
  const { query, filter } = asked(context);
  return {
    title: context.t('staff.transactions.title'),
    ...(await readStaffList(context, staffTransactions, query, filter)),
    query,
    kinds: KINDS,
    accounts: ACCOUNTS,
  };
}
export type TransactionsPage = PageOf<typeof transactionsPage>;

/** One line an entry. */
export async function downloadTransactions(context: StaffRequest) {
  const { db, t, config } = context;
  const { query, filter } = asked(context);
  const time = csvTime(config.timeZone);
  await sendCsv(context, {
    name: 'transactions',
    items: entriesOf(streamFound(db, staffTransactions, filter, query)),
    label: (column) => t(`staff.transactions.column.${column}`),
    columns: {
      id: ({ transaction }) => transaction.id,
      at: ({ transaction }) => time(transaction.at),
      kind: ({ transaction }) => t(`terms.operation.${transaction.kind}`),
      customer: ({ transaction }) => transaction.customerId,
      cause: ({ transaction }) => `${transaction.cause.type} ${transaction.cause.id}`,
      account: ({ entry }) => t(`terms.ledger_account.${entry.account}`),
      amount: ({ entry }) => entry.amount,
      currency: ({ entry }) => entry.amount.currency,
    },
  });
}

async function* entriesOf(
  transactions: AsyncGenerator<StaffTransaction, void>,
): AsyncGenerator<{ transaction: StaffTransaction; entry: TransactionEntry }, void> {
  for await (const transaction of transactions) for (const entry of transaction.entries) yield { transaction, entry };
}
