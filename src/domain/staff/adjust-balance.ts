import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { InsufficientBalance } from '../errors.ts';
import type { Money } from '../money/money.ts';
import { lockCustomerAccount, systemAccount } from '../ledger/accounts.ts';
import { postTransaction } from '../ledger/post-transaction.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { enqueueMail } from '../notifications/enqueue-mail.ts';

/**
 * A member of staff adds to or takes from a customer's balance, for a reason that the statement shows. Ledger and audit
 * log move in one transaction (rule S3).
 * @param money in the account currency; negative to take
 * @param formKey of the form it was entered in; sent twice, it is booked once
 * @throws {NotFound} @throws {InsufficientBalance} the balance never falls below zero
 */
export async function adjustBalance(
  db: Db,
  clock: Clock,
  {
    customerId,
    userId,
    money,
    reason,
    formKey,
  }: { customerId: number; userId: number; money: Money; reason: string; formKey?: string },
): Promise<void> {
  await inTransaction(db, async (trx) => {
    const account = await lockCustomerAccount(trx, customerId);
    const [row] = await trx('adjustments')
      .insert({
        customer_id: customerId,
        amount: money.toDatabase(),
        currency: money.currency,
        reason,
        made_by: userId,
        made_at: clock.now(),
        form_key: formKey ?? null,
      })
      .onConflict('form_key')
      .ignore()
      .returning<{ id: number }[]>('id');
    // The same form again: it is booked already, whatever the balance is now.
    if (!row) return;
    const after = account.balance.plus(money);
    if (after.isNegative) throw new InsufficientBalance({ missing: after.negated(), balance: account.balance });
    const contra = await systemAccount(trx, { kind: 'adjustments', currency: money.currency });
    await postTransaction(trx, {
      kind: 'adjustment',
      cause: { type: 'adjustment', id: row.id },
      customerId,
      occurredAt: clock.now(),
      entries: [
        { accountId: account.id, money },
        { accountId: contra, money: money.negated() },
      ],
    });
    await recordAudit(trx, clock, {
      userId,
      action: 'balance.adjusted',
      subject: { type: 'customer', id: String(customerId) },
      customerId,
      reason,
      details: {
        adjustment: row.id,
        ...money.toJSON(),
        before: account.balance.toDatabase(),
        after: after.toDatabase(),
      },
    });
    await enqueueMail(trx, clock, {
      customerId,
      kind: 'balance_adjusted',
      data: { total: money, balance: after, reason },
    });
  });
}
