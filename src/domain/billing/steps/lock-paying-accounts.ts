import type { Clock } from '../../../platform/clock.ts';
import type { Transaction } from '../../../platform/db/database.ts';
import { Money } from '../../money/money.ts';
import { type ProfileRow, toProfile } from '../../customers/customer-queries.ts';
import { missingFields, type ProfileField } from '../../customers/profile.ts';
import { mapReserved, type Reserved } from '../reserved.ts';

export interface PayingAccount {
  id: number;
  /** What is left of it while renewals are paid one after the other. */
  balance: Money;
  /** What the profile lacks before anything may be paid (rule P1). */
  missingFields: ProfileField[];
  /** What of the balance is kept for unpaid invoices. */
  reserved: Reserved;
}

/**
 * Locks customers (shared), then their ledger accounts, each by id; the caller has locked their invoices.
 * @returns the accounts by customer
 */
export async function lockPayingAccounts(
  trx: Transaction,
  clock: Clock,
  customerIds: number[],
): Promise<Map<number, PayingAccount>> {
  const profiles = await trx('customers')
    .whereRaw('id = any(?)', [customerIds])
    .orderBy('id')
    .forShare()
    .select<({ id: number } & ProfileRow)[]>();
  const missing = new Map(profiles.map((row) => [row.id, missingFields(toProfile(row))]));
  const rows = await trx('ledger_accounts')
    .where({ kind: 'customer_balance' })
    .whereRaw('customer_id = any(?)', [customerIds])
    .orderBy('id')
    .forUpdate()
    .select<{ id: number; customer_id: number; balance: string; currency: string }[]>(
      'id',
      'customer_id',
      'balance',
      'currency',
    );
  const reserved = await mapReserved(trx, clock, customerIds);
  return new Map(
    rows.map(({ id, customer_id, balance, currency }) => [
      customer_id,
      {
        id,
        balance: Money.of(balance, currency),
        missingFields: missing.get(customer_id) ?? [],
        reserved: reserved.get(customer_id) ?? new Map<number, Money>(),
      },
    ]),
  );
}
