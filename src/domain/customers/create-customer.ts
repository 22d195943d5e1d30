import type { Clock } from '../../platform/clock.ts';
import type { Transaction } from '../../platform/db/database.ts';
import { insertRow } from '../../platform/db/insert-rows.ts';
import { openCustomerAccount } from '../ledger/accounts.ts';
import { toProfileRow } from './customer-queries.ts';
import type { Profile } from './profile.ts';

/** Adds a customer with an empty balance in the account currency, which never changes afterwards. @returns the id */
export async function createCustomer(
  trx: Transaction,
  clock: Clock,
  { accountCurrency, profile }: { accountCurrency: string; profile: Partial<Profile> & Pick<Profile, 'kind'> },
): Promise<number> {
  const customerId = await insertRow(trx, 'customers', {
    ...toProfileRow(profile),
    account_currency: accountCurrency,
    created_at: clock.now(),
  });
  await openCustomerAccount(trx, customerId, accountCurrency);
  return customerId;
}
