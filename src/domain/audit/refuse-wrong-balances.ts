import { ConfigurationError } from '../../platform/config.ts';
import type { Db } from '../../platform/db/database.ts';
import { wrongBalances } from './wrong-balances.ts';

/** What a restore without the ledger's entries leaves. */
const WITHOUT_ENTRIES = `(
  select *
  from ledger_accounts a
  where kind = 'customer_balance'
    and balance <> 0
    and not exists (select from ledger_entries where account_id = a.id)
  limit 100
)`;

const RANDOM = `(
  select *
  from ledger_accounts
  where kind = 'customer_balance'
  order by random()
  limit 100
)`;

/**
 * Checks before serving from a database: up to a hundred balances without any entry, and a hundred random accounts.
 * Everything else is checked by `npm run verify`, which takes longer.
 * @throws {ConfigurationError} in one line, when a balance is not the sum of its entries
 */
export async function refuseWrongBalances(db: Db): Promise<void> {
  for (const accounts of [WITHOUT_ENTRIES, RANDOM]) {
    const { rows } = await db.raw<{ rows: { account: number; balance: string; entries: string }[] }>(
      wrongBalances(accounts),
    );
    const [first] = rows;
    if (!first) continue;
    throw new ConfigurationError(
      `Refusing to serve: the balance of account ${first.account} is ${first.balance}, its entries sum to ${first.entries}` +
        `${rows.length > 1 ? `, and ${rows.length - 1} more of those looked at are wrong` : ''}; run npm run verify`,
    );
  }
}
