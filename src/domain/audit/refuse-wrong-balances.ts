import { ConfigurationError } from '../../platform/config.ts';
import type { Db } from '../../platform/db/database.ts';
import { wrongBalances } from './wrong-balances.ts';

/** A restore that lost the ledger leaves these. */
const WITHOUT_ENTRIES = `(
  select *
  from ledger_accounts a
  where kind = 'customer_balance'
    and balance <> 0
    and not exists (select from ledger_entries where account_id = a.id)
  limit 100
)`;

const BY_CHANCE = `(
  select *
  from ledger_accounts
  where kind = 'customer_balance'
  order by random()
  limit 100
)`;

/**
 * Looks whether a database may be served from: every balance that has no entry at all, and a hundred accounts by
 * chance. Everything else is for `npm run verify`, which takes longer.
 * @throws {ConfigurationError} in one line, when a balance is not the sum of its entries
 */
export async function refuseWrongBalances(db: Db): Promise<void> {
  for (const accounts of [WITHOUT_ENTRIES, BY_CHANCE]) {
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
