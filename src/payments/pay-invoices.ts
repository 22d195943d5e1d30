import type { Clock } from '../clock.ts';
import { getPayingCustomer } from '../customers/customer-queries.ts';
import type { Db, Transaction } from '../db/database.ts';
import { inTransaction } from '../db/transaction.ts';
import { InsufficientBalance, TopUpFromBalance } from '../errors.ts';
import { assertUnpaid, lockInvoices, settleInvoice, type LockedInvoice } from '../invoices/settle-invoice.ts';
import { houseAccount, lockCustomerAccount } from '../ledger/accounts.ts';
import { postTransaction } from '../ledger/post-transaction.ts';
import { sum } from '../money/money.ts';
import { applyPaidLine } from '../orders/apply-paid-line.ts';

/**
 * Pays one or several service invoices from the balance, all or none, in one transaction (rules I5, I7): each is still
 * unpaid, the profile is complete, the balance suffices, the ledger moves, the invoices are paid, and what their lines
 * promise takes effect. Locks invoices by id, then the ledger account, then orders.
 * @throws {NotFound} @throws {InvoiceNotUnpaid} @throws {ProfileIncomplete} @throws {InsufficientBalance}
 * @throws {TopUpFromBalance} @throws {NothingToPayFor}
 */
export async function payInvoices(
  db: Db,
  clock: Clock,
  { customerId, userId, invoiceIds }: { customerId: number; userId: number | null; invoiceIds: number[] },
): Promise<void> {
  await inTransaction(db, async (trx) => {
    const invoices = await lockInvoices(trx, customerId, invoiceIds);
    await payLockedInvoices(trx, clock, { customerId, userId, invoices });
  });
}

/** The same within a transaction that has locked the invoices already. */
export async function payLockedInvoices(
  trx: Transaction,
  clock: Clock,
  { customerId, userId, invoices }: { customerId: number; userId: number | null; invoices: LockedInvoice[] },
): Promise<void> {
  for (const invoice of invoices) {
    assertUnpaid(invoice);
    if (invoice.kind === 'top_up') throw new TopUpFromBalance({ number: invoice.number });
  }
  await getPayingCustomer(trx, customerId);
  const account = await lockCustomerAccount(trx, customerId);
  const total = sum(invoices.map((invoice) => invoice.total), account.balance.currency); // prettier-ignore
  if (account.balance.isLessThan(total))
    throw new InsufficientBalance({
      missing: total.minus(account.balance),
      balance: account.balance,
      total,
    });
  for (const invoice of invoices) await payOne(trx, clock, account.id, userId, invoice);
}

async function payOne(
  trx: Transaction,
  clock: Clock,
  accountId: number,
  userId: number | null,
  invoice: LockedInvoice,
) {
  const revenue = await houseAccount(trx, { kind: 'revenue', currency: invoice.total.currency });
  const balanceAfter = await postTransaction(trx, {
    kind: 'invoice_payment',
    cause: { type: 'invoice', id: invoice.id },
    customerId: invoice.customerId,
    occurredAt: clock.now(),
    entries: [
      { accountId, money: invoice.total.negated() },
      { accountId: revenue, money: invoice.total },
    ],
  });
  await settleInvoice(trx, clock, invoice, balanceAfter);
  const lines = await trx('invoice_lines')
    .where({ invoice_id: invoice.id })
    .orderBy([{ column: 'order_id' }, { column: 'position' }]);
  for (const line of lines) {
    await applyPaidLine(trx, clock, {
      customerId: invoice.customerId,
      invoiceId: invoice.id,
      kind: line.kind,
      orderId: line.order_id,
      months: line.months,
      periodFrom: line.period_from,
      userId,
    });
  }
}
