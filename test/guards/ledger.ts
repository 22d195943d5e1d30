import type { Guard } from './guard.ts';

const LEDGER = 'test/domain/ledger/ledger.test.ts';

/** What the database refuses to book, whatever the application does. */
export const LEDGER_GUARDS: Guard[] = [
  {
    id: 'unique-cause',
    guards: 'An event moves money once: a second transaction of the same cause is refused.',
    removal: { sql: 'alter table ledger_transactions drop constraint one_transaction_per_cause' },
    tests: [{ file: LEDGER, title: 'refuses a second transaction of the same cause' }],
  },
  {
    id: 'balance-not-negative',
    guards: 'No stored balance is below zero.',
    removal: { sql: 'alter table ledger_accounts drop constraint balance_not_negative' },
    tests: [{ file: LEDGER, title: 'refuses a balance below zero' }],
  },
  {
    id: 'sum-zero-transactions',
    guards: 'A transaction that is booked without entries is refused.',
    removal: { sql: 'drop trigger ledger_transactions_balance on ledger_transactions' },
    tests: [{ file: LEDGER, title: 'refuses a transaction of one entry, or of none' }],
  },
  {
    id: 'sum-zero-entries',
    guards: 'Entries that make a transaction not sum to zero are refused.',
    removal: { sql: 'drop trigger ledger_entries_balance on ledger_entries' },
    tests: [
      {
        file: LEDGER,
        title: 'refuses an entry that comes after its transaction was found to sum to zero',
      },
    ],
  },
  {
    id: 'transaction-closed',
    guards: 'Nothing is added to a transaction of before, balanced or not.',
    removal: { inFunction: 'check_entries', find: 'booked_in = pg_current_xact_id()', replace: 'true' },
    tests: [{ file: LEDGER, title: 'refuses entries added to a transaction of before' }],
  },
  {
    id: 'accounts-kept',
    guards: 'A stored balance is moved by entries only, and no account is deleted.',
    removal: { sql: 'drop trigger ledger_accounts_kept on ledger_accounts' },
    tests: [{ file: LEDGER, title: 'moves a stored balance by entries only' }],
  },
  {
    id: 'entries-immutable',
    guards: 'Entries are only ever added, even by the owner of the schema.',
    removal: { sql: 'drop trigger ledger_entries_immutable on ledger_entries' },
    tests: [{ file: LEDGER, title: 'never changes or deletes entries and transactions' }],
  },
  {
    id: 'transactions-immutable',
    guards: 'Transactions are only ever added, even by the owner of the schema.',
    removal: { sql: 'drop trigger ledger_transactions_immutable on ledger_transactions' },
    tests: [{ file: LEDGER, title: 'never changes or deletes entries and transactions' }],
  },
  {
    id: 'role-append-only',
    guards: "The application's role may only add to the books, so that no fault of it can rewrite them.",
    removal: {
      find: 'for (const table of APPEND_ONLY) await db.raw(`revoke update, delete on ${table} from ${name}`);',
      replace: '',
    },
    tests: [{ file: LEDGER, title: 'gives the application no right to change the books' }],
  },
  {
    id: 'role-no-balance',
    guards: "The application's role may not write a balance.",
    removal: { find: 'await db.raw(`revoke update, delete on ledger_accounts from ${name}`);', replace: '' },
    tests: [{ file: LEDGER, title: 'moves a stored balance by entries only' }],
  },
  {
    id: 'refused-when-paying',
    guards: 'Paying more than the balance is refused in words, before the database would.',
    removal: { find: 'if (balance.isLessThan(total)) throw', replace: 'if (false) throw' },
    tests: [{ file: 'test/domain/payments/pay-invoices.test.ts', title: 'refuses what the balance does not cover' }],
  },
  {
    id: 'refused-when-adjusting',
    guards: 'Taking more than the balance is refused in words, before the database would.',
    removal: { find: 'if (after.isNegative)', replace: 'if (false)' },
    tests: [
      { file: 'test/controllers/staff/customer.test.ts', title: 'refuses {"amount":"999999","direction":"debit"}' },
    ],
  },
];
