import type { Db, Transaction } from '../../platform/db/database.ts';
import { Money } from '../money/money.ts';
import type { StoredRate } from './rate-table.ts';

/** When a rate was for, and whose it is. */
export type UsedRate = Pick<StoredRate, 'source' | 'effectiveOn'>;

export interface Quote {
  id: number;
  pay: Money;
  credit: Money;
  /** Decimal text: units of the credited currency for one of the paid. */
  rate: string;
  /** The stored rates that it was made with; none within one currency. */
  rates: UsedRate[];
  validUntil: Date;
}

/** The newest quote of a top-up invoice: the one that counts. */
export async function findLatestQuote(db: Db | Transaction, invoiceId: number): Promise<Quote | null> {
  const row = await db('quotes as q')
    .where({ invoice_id: invoiceId })
    .orderBy('id', 'desc')
    .first<
      | {
          id: number;
          pay_amount: string;
          pay_currency: string;
          credit_amount: string;
          credit_currency: string;
          rate: string;
          rates: UsedRate[];
          valid_until: Date;
        }
      | undefined
    >(
      'q.id',
      'pay_amount',
      'pay_currency',
      'credit_amount',
      'credit_currency',
      'q.rate',
      'valid_until',
      db.raw(`array(
        select jsonb_build_object('source', r.source, 'effectiveOn', r.effective_on)
        from exchange_rates r
        where r.id = any(q.rate_ids)
        order by array_position(q.rate_ids, r.id)
      ) as rates`),
    );
  if (!row) return null;
  return {
    id: row.id,
    pay: Money.of(row.pay_amount, row.pay_currency),
    credit: Money.of(row.credit_amount, row.credit_currency),
    rate: row.rate,
    rates: row.rates,
    validUntil: row.valid_until,
  };
}
