import type { Day } from '../../platform/clock.ts';
import type { Db, Transaction } from '../../platform/db/database.ts';
import type { RateSource } from '../money/currency.ts';
import { Money } from '../money/money.ts';

export interface Quote {
  id: number;
  pay: Money;
  credit: Money;
  /** Decimal text: units of the credited currency for one of the paid. */
  rate: string;
  rateDate: Day;
  rateSources: RateSource[];
  validUntil: Date;
}

/** The newest quote of a top-up invoice: the one that counts. */
export async function findLatestQuote(db: Db | Transaction, invoiceId: number): Promise<Quote | null> {
  const row = await db('quotes').where({ invoice_id: invoiceId }).orderBy('id', 'desc').first<
    | {
        id: number;
        pay_amount: string;
        pay_currency: string;
        credit_amount: string;
        credit_currency: string;
        rate: string;
        rate_date: Day;
        rate_sources: RateSource[];
        valid_until: Date;
      }
    | undefined
  >();
  if (!row) return null;
  return {
    id: row.id,
    pay: Money.of(row.pay_amount, row.pay_currency),
    credit: Money.of(row.credit_amount, row.credit_currency),
    rate: row.rate,
    rateDate: row.rate_date,
    rateSources: row.rate_sources,
    validUntil: row.valid_until,
  };
}
