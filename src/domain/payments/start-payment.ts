import { randomBytes } from 'node:crypto';
import type { Clock } from '../../platform/clock.ts';
import type { Config } from '../../platform/config.ts';
import type { Db, Transaction } from '../../platform/db/database.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { UnknownPaymentMethod } from '../errors.ts';
import type { Money } from '../money/money.ts';
import { makeQuote } from '../rates/make-quote.ts';
import { findLatestQuote, type Quote } from '../rates/quote-queries.ts';
import { getPayingCustomer } from '../customers/customer-queries.ts';
import { assertUnpaid, lockInvoices } from '../invoices/lock-invoices.ts';

export type StartedPayment =
  | { outcome: 'started'; reference: string; money: Money; invoiceNumber: string }
  /** The quote had expired; a new one was made and has to be shown before anything is paid (rule T2). */
  | { outcome: 'requoted' };

/**
 * Starts the payment of a top-up invoice through a gateway: stores a row with our reference, before the gateway is
 * called. A payment of the same quote that was started before is reused, so that pressing twice pays once.
 * @throws {NotFound} @throws {InvoiceNotUnpaid} @throws {ProfileIncomplete} @throws {RatesTooOld}
 */
export async function startPayment(
  db: Db,
  clock: Clock,
  config: Pick<Config, 'ratesMaxAgeDays'>,
  {
    customerId,
    userId = null,
    invoiceId,
    gateway,
  }: { customerId: number; userId?: number | null; invoiceId: number; gateway: string },
): Promise<StartedPayment> {
  return inTransaction(db, async (trx) => {
    const [invoice] = await lockInvoices(trx, customerId, [invoiceId]);
    if (!invoice || invoice.kind !== 'top_up') throw new UnknownPaymentMethod({ method: gateway });
    assertUnpaid(invoice);
    const customer = await getPayingCustomer(trx, customerId);
    const quote = await findLatestQuote(trx, invoiceId);
    if (!quote || quote.validUntil <= clock.now()) {
      await makeQuote(trx, clock, {
        customerId,
        invoiceId,
        pay: invoice.total,
        creditCurrency: customer.accountCurrency,
        maxAgeDays: config.ratesMaxAgeDays,
      });
      return { outcome: 'requoted' };
    }
    const reference =
      (await findStarted(trx, invoiceId, quote, gateway)) ??
      (await insertPayment(trx, clock, { customerId, userId, invoiceId, quote, gateway, money: invoice.total }));
    return { outcome: 'started', reference, money: invoice.total, invoiceNumber: invoice.number };
  });
}

async function findStarted(trx: Transaction, invoiceId: number, quote: Quote, gateway: string) {
  const row = await trx('payments')
    .where({ invoice_id: invoiceId, quote_id: quote.id, gateway })
    .whereIn('status', ['started', 'pending'])
    .first<{ reference: string } | undefined>('reference');
  return row?.reference;
}

async function insertPayment(
  trx: Transaction,
  clock: Clock,
  payment: {
    customerId: number;
    userId: number | null;
    invoiceId: number;
    quote: Quote;
    gateway: string;
    money: Money;
  },
): Promise<string> {
  const reference = `pay_${randomBytes(12).toString('hex')}`;
  await trx('payments').insert({
    customer_id: payment.customerId,
    user_id: payment.userId,
    invoice_id: payment.invoiceId,
    quote_id: payment.quote.id,
    gateway: payment.gateway,
    reference,
    status: 'started',
    amount: payment.money.toDatabase(),
    currency: payment.money.currency,
    started_at: clock.now(),
  });
  return reference;
}
