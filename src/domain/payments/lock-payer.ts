import type { Transaction } from '../../platform/db/database.ts';
import { NotFound } from '../errors.ts';
import { assertProfileComplete, type CustomerRow, toCustomer } from '../customers/customer-queries.ts';
import { type CustomerAccount, type OpenSystemAccount, SYSTEM_ACCOUNTS } from '../ledger/accounts.ts';
import { Money } from '../money/money.ts';

export interface Payer {
  account: CustomerAccount;
  /** The system accounts of the account currency that are open. */
  systemAccounts: OpenSystemAccount[];
}

/**
 * Locks who pays from the balance: the profile (FOR SHARE), which has to be complete (rule P1), then the ledger account.
 * @throws {NotFound} @throws {ProfileIncomplete} with the missing fields
 */
export async function lockPayer(trx: Transaction, customerId: number): Promise<Payer> {
  const { rows } = await trx.raw<{
    rows: (CustomerRow & {
      account_id: number;
      balance: string;
      currency: string;
      system_accounts: OpenSystemAccount[];
    })[];
  }>(
    `select c.*, a.id as account_id, a.balance, a.currency, ${SYSTEM_ACCOUNTS('array[a.currency]')} as system_accounts
     from customers c
     join ledger_accounts a on a.customer_id = c.id and a.kind = 'customer_balance'
     where c.id = :customerId
     for share of c
     for update of a`,
    { customerId },
  );
  const [row] = rows;
  if (!row) throw new NotFound();
  assertProfileComplete(toCustomer(row));
  return {
    account: { id: row.account_id, balance: Money.of(row.balance, row.currency) },
    systemAccounts: row.system_accounts,
  };
}
