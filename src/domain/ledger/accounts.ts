import type { Transaction } from '../../platform/db/database.ts';
import { NotFound } from '../errors.ts';
import { type CurrencyCode, Money } from '../money/money.ts';

/** Every account belongs to a customer or to the system; gateways have a clearing account each. */
export type SystemAccount =
  | { kind: 'revenue' | 'exchange' | 'adjustments'; currency: CurrencyCode }
  | { kind: 'gateway_clearing'; gateway: string; currency: CurrencyCode };

export type AccountKind = SystemAccount['kind'] | 'customer_balance';

export interface CustomerAccount {
  id: number;
  balance: Money;
}

/** Opens the one balance a customer has, at zero, in the account currency. */
export async function openCustomerAccount(trx: Transaction, customerId: number, currency: CurrencyCode) {
  await trx('ledger_accounts').insert({
    kind: 'customer_balance',
    customer_id: customerId,
    currency,
    balance: '0',
  });
}

/**
 * Locks a customer's balance until the transaction ends. For the order in which locks are taken everywhere see
 * docs/decisions/0002-ledger-in-the-database.md; a deadlock that is left is retried.
 */
export async function lockCustomerAccount(trx: Transaction, customerId: number): Promise<CustomerAccount> {
  const row = await trx('ledger_accounts')
    .where({ kind: 'customer_balance', customer_id: customerId })
    .forUpdate()
    .first<{ id: number; balance: string; currency: string } | undefined>('id', 'balance', 'currency');
  if (!row) throw new NotFound();
  return { id: row.id, balance: Money.of(row.balance, row.currency) };
}

export interface OpenSystemAccount {
  id: number;
  kind: SystemAccount['kind'];
  gateway: string | null;
  currency: CurrencyCode;
}

/**
 * SQL: the system accounts of some currencies that are open, as JSON, for statements that lock a customer's account: so
 * they are not looked up one by one. @param currencies an expression, an array
 */
export const SYSTEM_ACCOUNTS = (currencies: string) =>
  `coalesce((
     select jsonb_agg(jsonb_build_object('id', s.id, 'kind', s.kind, 'gateway', s.gateway, 'currency', s.currency))
     from ledger_accounts s
     where s.kind in ('revenue', 'exchange', 'adjustments', 'gateway_clearing')
       and s.customer_id is null
       and s.currency = any(${currencies})
   ), '[]')`;

/**
 * The id of a system account, which is opened when it is first needed. Its row is never locked.
 * @param open those that are known to be open
 */
export async function systemAccount(
  trx: Transaction,
  account: SystemAccount,
  open: OpenSystemAccount[] = [],
): Promise<number> {
  const key = {
    kind: account.kind,
    gateway: account.kind === 'gateway_clearing' ? account.gateway : null,
    currency: account.currency,
  };
  const known = open.find(
    ({ kind, gateway, currency }) => kind === key.kind && gateway === key.gateway && currency === key.currency,
  );
  if (known) return known.id;
  const find = () => trx('ledger_accounts').where(key).whereNull('customer_id').first<{ id: number } | undefined>('id');
  const found = await find();
  if (found) return found.id;
  await trx('ledger_accounts').insert(key).onConflict(['kind', 'customer_id', 'gateway', 'currency']).ignore();
  const opened = await find();
  if (!opened) throw new Error(`Cannot open the account ${JSON.stringify(key)}`);
  return opened.id;
}
