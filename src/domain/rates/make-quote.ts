import type { Clock } from '../../platform/clock.ts';
import type { Transaction } from '../../platform/db/database.ts';
import { insertRow } from '../../platform/db/insert-rows.ts';
import type { Money } from '../money/money.ts';
import { assertFreshEnough, creditFor, creditRate } from './convert.ts';
import { loadRateTable } from './rate-queries.ts';

/** How long a quote holds (rule T2). */
export const QUOTE_VALIDITY_MINUTES = 30;

/**
 * Fixes for a limited time what a payment will be credited as, at the rates stored now; a new row beside the earlier
 * quotes of the same invoice.
 * @throws {RateMissing} @throws {RatesTooOld}
 */
export async function makeQuote(
  trx: Transaction,
  clock: Clock,
  {
    customerId,
    invoiceId,
    pay,
    creditCurrency,
    maxAgeDays,
  }: { customerId: number; invoiceId: number; pay: Money; creditCurrency: string; maxAgeDays: number },
): Promise<{ id: number; credit: Money }> {
  const table = await loadRateTable(trx, clock.today());
  assertFreshEnough(table, pay.currency, creditCurrency, maxAgeDays);
  const credit = creditFor(table, pay, creditCurrency);
  const used = table.used(pay.currency, creditCurrency);
  const id = await insertRow(trx, 'quotes', {
    customer_id: customerId,
    invoice_id: invoiceId,
    pay_amount: pay.toDatabase(),
    pay_currency: pay.currency,
    credit_amount: credit.toDatabase(),
    credit_currency: creditCurrency,
    rate: creditRate(table, pay.currency, creditCurrency).toFixed(20),
    markup: pay.currency === creditCurrency ? '0' : table.currencies.get(pay.currency).markup.toFixed(),
    rate_date: table.dateOf(pay.currency, creditCurrency) ?? clock.today(),
    rate_sources: [...new Set(used.map((rate) => rate.source))],
    rate_ids: used.map((rate) => rate.id),
    made_at: clock.now(),
    valid_until: new Date(clock.now().getTime() + QUOTE_VALIDITY_MINUTES * 60_000),
  });
  return { id, credit };
}
