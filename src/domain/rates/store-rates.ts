import type { Decimal } from 'decimal.js';
import type { Clock, Day } from '../../platform/clock.ts';
import { ADVISORY_LOCKS } from '../../platform/db/advisory-locks.ts';
import type { Transaction } from '../../platform/db/database.ts';
import type { RateSource } from '../money/currency.ts';
import { type CurrencyCode, Exact } from '../money/money.ts';
import type { RateFile } from './rate-file-checks.ts';

export interface StoredCounts {
  stored: CurrencyCode[];
  /** Wait for confirmation by staff, because they differ too much from the last ones (rule C4). */
  proposed: CurrencyCode[];
  /** Were stored already. */
  unchanged: CurrencyCode[];
  /** Had a proposal, which the stored rate makes obsolete. */
  superseded: CurrencyCode[];
}

/** A rate that differs from the last of an earlier day by more than this part waits for confirmation (rule C4). */
const GUARD = new Exact('0.2');

interface LastRate {
  code: CurrencyCode;
  rate_source: RateSource;
  last_rate: string | null;
  same_day_rate: string | null;
}

/**
 * Adds a file's rates, as new rows, for the currencies we keep; a stored rate is never changed (rule C2).
 * @param onlyOwn leaves out currencies whose `rate_source` is another: for files that are fetched without
 *   anyone reading them. A file that staff import counts for every currency it quotes.
 */
export async function storeRates(
  trx: Transaction,
  clock: Clock,
  file: RateFile,
  { onlyOwn = false } = {},
): Promise<StoredCounts> {
  await trx.raw('select pg_advisory_xact_lock(?)', [ADVISORY_LOCKS.rates]);
  const known = new Map((await lastRates(trx, file)).map((row) => [row.code, row]));
  const counts: StoredCounts = { stored: [], proposed: [], unchanged: [], superseded: [] };
  for (const { currency, rate } of file.rates) {
    const last = known.get(currency);
    if (!last || (onlyOwn && last.rate_source !== file.source)) continue;
    const row = { currency, rate: rate.toFixed(15), effective_on: file.date, source: file.source };
    if (last.same_day_rate !== null && new Exact(last.same_day_rate).equals(row.rate)) {
      counts.unchanged.push(currency);
    } else if (last.last_rate !== null && differsTooMuch(rate, new Exact(last.last_rate))) {
      await trx('rate_proposals')
        .insert({ ...row, previous_rate: last.last_rate, proposed_at: clock.now() })
        .onConflict(trx.raw('(currency, source, effective_on, rate) where decision is null'))
        .ignore();
      counts.proposed.push(currency);
    } else {
      if ((await insertRate(trx, clock, row)) > 0) counts.superseded.push(currency);
      counts.stored.push(currency);
    }
  }
  return counts;
}

export interface RateRow {
  currency: CurrencyCode;
  rate: string;
  effective_on: Day;
  source: RateSource;
}

/**
 * Adds a rate as a new row and closes the proposals of its day or before.
 * @returns how many it closed
 */
export async function insertRate(trx: Transaction, clock: Clock, row: RateRow): Promise<number> {
  await trx('exchange_rates').insert({ ...row, recorded_at: clock.now() });
  return trx('rate_proposals')
    .where({ currency: row.currency })
    .where('effective_on', '<=', row.effective_on)
    .whereNull('decision')
    .update({ decision: 'superseded', decided_at: clock.now() });
}

function differsTooMuch(rate: Decimal, last: Decimal): boolean {
  return rate.minus(last).abs().dividedBy(last).greaterThan(GUARD);
}

/**
 * For each currency the last rate of an earlier day (or, where there is none, the very first), so that several small
 * steps in a day do not get around the guard; and the rate of the same source on the file's day.
 */
async function lastRates(trx: Transaction, file: { source: RateSource; date: Day }): Promise<LastRate[]> {
  const { rows } = await trx.raw<{ rows: LastRate[] }>(
    `select c.code, c.rate_source,
       coalesce(
         (
           select rate
           from exchange_rates
           where currency = c.code
             and effective_on < :date
           order by effective_on desc, id desc
           limit 1
         ),
         (
           select rate
           from exchange_rates
           where currency = c.code
           order by effective_on, id
           limit 1
         )
       ) as last_rate,
       (
         select rate
         from exchange_rates
         where currency = c.code
           and effective_on = :date
           and source = :source
         order by id desc
         limit 1
       ) as same_day_rate
     from currencies c`,
    { date: file.date, source: file.source },
  );
  return rows;
}
