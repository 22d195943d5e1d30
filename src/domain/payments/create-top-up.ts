import { addDays, type Clock } from '../../platform/clock.ts';
import type { Config } from '../../platform/config.ts';
import type { Db } from '../../platform/db/database.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { UnknownCurrency } from '../errors.ts';
import type { Money } from '../money/money.ts';
import { assertFreshEnough } from '../rates/convert.ts';
import { makeQuote } from '../rates/make-quote.ts';
import { loadRateTable } from '../rates/rate-queries.ts';
import { getPayingCustomer } from '../customers/customer-queries.ts';
import { type IssuedInvoice, issueInvoice } from '../invoices/issue-invoice.ts';
import { assertWithinLimits } from './top-up-limits.ts';
import { rememberPurpose } from './top-up-purpose.ts';

/** Days after its last quote when the calendar cancels an unpaid top-up (rule T2). */
export const TOP_UP_LAPSES_DAYS = 7;

/**
 * Issues a top-up invoice with a quote: the amount to pay, and the amount that will be credited (rule T2).
 * @param pay what the customer will pay, in any enabled currency
 * @param pays invoices to pay from the balance once the money is there (rule I6)
 * @throws {ProfileIncomplete} @throws {TopUpOutOfLimits} @throws {RateMissing} @throws {RatesTooOld} @throws {UnknownCurrency}
 */
export async function createTopUp(
  db: Db,
  clock: Clock,
  config: Pick<Config, 'seller' | 'ratesMaxAgeDays' | 'topUpMin' | 'topUpMax'>,
  { customerId, pay, pays = [] }: { customerId: number; pay: Money; pays?: number[] },
): Promise<IssuedInvoice> {
  return inTransaction(db, async (trx) => {
    const customer = await getPayingCustomer(trx, customerId);
    const table = await loadRateTable(trx, clock.today());
    if (!table.currencies.get(pay.currency).enabled) throw new UnknownCurrency({ currency: pay.currency });
    assertFreshEnough(table, pay.currency, customer.accountCurrency, config.ratesMaxAgeDays);
    assertWithinLimits(table, pay, customer.accountCurrency, config);
    const invoice = await issueInvoice(trx, clock, {
      customerId,
      kind: 'top_up',
      currency: pay.currency,
      dueOn: addDays(clock.today(), TOP_UP_LAPSES_DAYS),
      seller: config.seller,
      lines: [
        {
          kind: 'top_up',
          orderId: null,
          months: null,
          periodFrom: null,
          periodTo: null,
          amount: pay,
          details: {},
        },
      ],
    });
    await rememberPurpose(trx, { customerId, topUpInvoiceId: invoice.id, invoiceIds: pays });
    await makeQuote(trx, clock, {
      customerId,
      invoiceId: invoice.id,
      pay,
      creditCurrency: customer.accountCurrency,
      maxAgeDays: config.ratesMaxAgeDays,
    });
    return invoice;
  });
}
