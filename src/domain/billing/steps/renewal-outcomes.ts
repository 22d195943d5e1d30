import { Money } from '../../money/money.ts';
import type { ProfileField } from '../../customers/profile.ts';
import { reservedForOthers } from '../reserved.ts';
import type { DueRenewal } from './due-renewals.ts';
import type { PayingAccount } from './lock-paying-accounts.ts';

/** A renewal that is not paid, with what of the balance was left once the others were. */
export type FailedRenewal = { renewal: DueRenewal; balance: Money; reserved: Money } & (
  | { outcome: 'short'; missing: Money }
  /** Nothing is paid before these fields are filled in (rule P1). */
  | { outcome: 'profile'; fields: ProfileField[] }
);

export type RenewalOutcome = { outcome: 'paid'; renewal: DueRenewal } | FailedRenewal;

/**
 * Which renewals their accounts pay, in this order: those that the balance, less what is reserved for other invoices,
 * covers whole (rule B2). Takes them off the accounts' balances.
 */
export function decideOutcomes(renewals: DueRenewal[]): RenewalOutcome[] {
  const paid = new Set<DueRenewal>();
  for (const renewal of renewals) {
    const { account, total, invoiceId } = renewal;
    if (account.missingFields.length > 0 || spendable(account, renewal).isLessThan(total)) continue;
    account.balance = account.balance.minus(total);
    account.reserved.delete(invoiceId);
    paid.add(renewal);
  }
  // Only now: the messages state the balance that is left after all payments.
  return renewals.map((renewal) => (paid.has(renewal) ? { outcome: 'paid', renewal } : failureOf(renewal)));
}

function failureOf(renewal: DueRenewal): FailedRenewal {
  const { account, total } = renewal;
  const { balance, missingFields: fields } = account;
  const usable = spendable(account, renewal);
  const left = { renewal, balance, reserved: balance.minus(usable) };
  return fields.length > 0
    ? { ...left, outcome: 'profile', fields }
    : { ...left, outcome: 'short', missing: total.minus(usable) };
}

/**
 * The balance less what is kept for other invoices; what was brought by several top-ups may be more than is left of it.
 */
function spendable({ balance, reserved }: PayingAccount, { invoiceId }: DueRenewal): Money {
  const none = Money.zero(balance.currency);
  const rest = balance.minus(reservedForOthers(reserved, invoiceId, none));
  return rest.isNegative ? none : rest;
}
