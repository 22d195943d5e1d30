import type { Day } from '../../platform/clock.ts';
import type { Db, Transaction } from '../../platform/db/database.ts';
import { inOnePacket } from '../../platform/db/transaction.ts';
import { Currencies, type Currency, type RateSource } from '../money/currency.ts';
import { Exact } from '../money/money.ts';
import type { FetchedSource, FetchFailure } from './fetch-rates.ts';
import { RateTable, type StoredRate } from './rate-table.ts';

interface CurrencyRow {
  code: string;
  minor_digits: number;
  enabled: boolean;
  priced: boolean;
  rate_source: RateSource;
  markup: string;
}

const toCurrency = (row: CurrencyRow): Currency => ({
  code: row.code,
  minorDigits: row.minor_digits,
  enabled: row.enabled,
  priced: row.priced,
  rateSource: row.rate_source,
  markup: new Exact(row.markup),
});

export async function listCurrencies(db: Db | Transaction): Promise<Currencies> {
  const rows = await db<CurrencyRow>('currencies').orderBy('position');
  return new Currencies(rows.map(toCurrency));
}

interface RateRow {
  id: number;
  currency: string;
  rate: string;
  effective_on: Day;
  source: StoredRate['source'];
  published_on?: Day | null;
}

const toRate = (row: RateRow): StoredRate => ({
  id: row.id,
  currency: row.currency,
  rate: new Exact(row.rate),
  effectiveOn: row.effective_on,
  source: row.source,
  publishedOn: row.published_on ?? null,
});

/**
 * The rates in force on a day: for each currency the one with the latest effective date not after it, then the latest
 * recorded (rule C2). With `recordedBefore`, as they were known at that moment.
 */
export async function loadRateTable(db: Db | Transaction, today: Day, recordedBefore?: Date): Promise<RateTable> {
  const [currencies, { rows }] = await inOnePacket(
    listCurrencies(db),
    db.raw<{ rows: RateRow[] }>(
      `select r.*
       from currencies c
       cross join lateral (
         select id, currency, rate, effective_on, source, published_on
         from exchange_rates
         where currency = c.code
           and effective_on <= :today
           and (:before::timestamptz is null or recorded_at <= :before)
         order by effective_on desc, id desc
         limit 1
       ) r`,
      { today, before: recordedBefore ?? null },
    ),
  );
  return new RateTable(today, currencies, rows.map(toRate));
}

export interface RateHistoryEntry extends StoredRate {
  recordedAt: Date;
}

/** A currency's stored rates, oldest first. */
export async function listRateHistory(db: Db, currency: string, limit = 400): Promise<RateHistoryEntry[]> {
  const rows = await db<RateRow & { recorded_at: Date }>('exchange_rates')
    .where({ currency })
    .orderBy([
      { column: 'effective_on', order: 'desc' },
      { column: 'id', order: 'desc' },
    ])
    .limit(limit);
  return rows.toReversed().map((row) => ({ ...toRate(row), recordedAt: row.recorded_at }));
}

export interface RateProposal extends Omit<StoredRate, 'id'> {
  id: number;
  previousRate: Exact;
  proposedAt: Date;
}

/** Rates that wait for a member of staff (rule C4). */
export async function listOpenProposals(db: Db): Promise<RateProposal[]> {
  const rows = await db<RateRow & { previous_rate: string; proposed_at: Date; decision: string | null }>(
    'rate_proposals',
  )
    .whereNull('decision')
    .orderBy('id');
  return rows.map((row) => ({
    ...toRate(row),
    previousRate: new Exact(row.previous_rate),
    proposedAt: row.proposed_at,
  }));
}

export interface LastFetch {
  source: FetchedSource;
  at: Date;
  failure: FetchFailure | null;
  stored: number;
  proposed: number;
}

/** How the last fetch from each bank went. */
export async function listLastFetches(db: Db): Promise<LastFetch[]> {
  const { rows } = await db.raw<{ rows: LastFetch[] }>(
    `select distinct on (source) source, at, failure, stored, proposed
     from rate_fetches
     order by source, id desc`,
  );
  return rows;
}
