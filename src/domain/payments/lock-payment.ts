import type { Transaction } from '../../platform/db/database.ts';
import { NotFound } from '../errors.ts';
import { type CustomerAccount, type OpenSystemAccount, SYSTEM_ACCOUNTS } from '../ledger/accounts.ts';
import { Money } from '../money/money.ts';

export interface LockedPayment {
  id: number;
  customerId: number;
  /** That it was started with; what it credits. */
  quote: { id: number; credit: Money } | null;
  gateway: string;
  status: string;
  /** What was captured, if it was. */
  captured: Money | null;
  account: CustomerAccount;
  /** The system accounts that are open, in the currencies of the account and of what is reported. */
  systemAccounts: OpenSystemAccount[];
}

/**
 * Locks a payment, then the ledger account that it is credited to.
 * @param reported the currency in which the gateway reports it
 * @throws {NotFound}
 */
export async function lockPayment(
  trx: Transaction,
  { gateway, reference }: { gateway: string; reference: string },
  reported: string,
): Promise<LockedPayment> {
  const { rows } = await trx.raw<{
    rows: {
      id: number;
      customer_id: number;
      status: string;
      captured_amount: string | null;
      captured_currency: string | null;
      quote_id: number | null;
      credit_amount: string;
      credit_currency: string;
      account_id: number;
      balance: string;
      currency: string;
      system_accounts: OpenSystemAccount[];
    }[];
  }>(
    `select p.id, p.customer_id, p.status, p.captured_amount, p.captured_currency, p.quote_id, q.credit_amount,
       q.credit_currency, a.id as account_id, a.balance, a.currency,
       ${SYSTEM_ACCOUNTS('array[a.currency, :reported]')} as system_accounts
     from payments p
     join ledger_accounts a on a.customer_id = p.customer_id and a.kind = 'customer_balance'
     left join quotes q on q.id = p.quote_id
     where p.gateway = :gateway
       and p.reference = :reference
     for update of p, a`,
    { gateway, reference, reported },
  );
  const [row] = rows;
  if (!row) throw new NotFound();
  return {
    id: row.id,
    customerId: row.customer_id,
    quote:
      row.quote_id === null ? null : { id: row.quote_id, credit: Money.of(row.credit_amount, row.credit_currency) },
    gateway,
    status: row.status,
    captured: row.captured_amount === null ? null : Money.of(row.captured_amount, row.captured_currency as string),
    account: { id: row.account_id, balance: Money.of(row.balance, row.currency) },
    systemAccounts: row.system_accounts,
  };
}
