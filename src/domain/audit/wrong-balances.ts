/**
 * The query for customers' accounts whose stored balance is not the sum of their entries.
 * @param accounts a query in brackets for the rows of ledger_accounts to look at
 */
export const wrongBalances = (accounts: string) =>
  `select a.id as account, a.balance, coalesce(sum(e.amount), 0) as entries
   from ${accounts} a
   left join ledger_entries e on e.account_id = a.id
   group by a.id, a.balance
   having a.balance <> coalesce(sum(e.amount), 0)`;
