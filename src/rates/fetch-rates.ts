import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import type { Db } from '../db/database.ts';
import { inTransaction } from '../db/transaction.ts';
import { RateFileRefused } from '../errors.ts';
import { MAX_RATE_FILE_BYTES, readRateFile } from './rate-file.ts';
import { storeRates, type StoredCounts } from './store-rates.ts';

export type FetchedSource = 'ecb' | 'cbr';

export interface FetchOptions {
  url: string;
  /** For the whole answer, not only for its beginning. */
  timeoutMs?: number;
  /** Waited before each further attempt. */
  delaysMs?: number[];
}

const TIMEOUT_MS = 20_000;
const DELAYS_MS = [5_000, 30_000, 120_000];

/** Why a fetch failed, in words for staff; `again` where another attempt may go better. */
class FetchFailed extends Error {
  readonly again: boolean;
  constructor(message: string, again: boolean) {
    super(message);
    this.again = again;
  }
}

/**
 * Fetches a bank's daily file and stores its rates, for the currencies that are taken from that bank; how it went is kept
 * for staff. A failure leaves the stored rates as they are, and is returned, not thrown.
 */
export async function fetchRates(
  db: Db,
  clock: Clock,
  source: FetchedSource,
  { url, timeoutMs = TIMEOUT_MS, delaysMs = DELAYS_MS }: FetchOptions,
): Promise<{ failure: string | null }> {
  try {
    const bytes = await downloadPatiently(url, timeoutMs, delaysMs);
    const file = readRateFile(bytes, clock.today());
    if (file.source !== source) throw new FetchFailed(`It is a file of ${file.source}`, false);
    const counts = await inTransaction(db, (trx) => storeRates(trx, clock, file, { onlyOwn: true }));
    await record(db, clock, source, null, counts);
    return { failure: null };
  } catch (error) {
    if (!(error instanceof FetchFailed) && !(error instanceof RateFileRefused)) throw error;
    const failure =
      error instanceof FetchFailed
        ? error.message
        : `Refused: ${String(error.data['reason'])}, line ${String(error.data['line'])}`;
    await record(db, clock, source, failure, { stored: [], proposed: [], unchanged: [] });
    return { failure };
  }
}

async function record(
  db: Db,
  clock: Clock,
  source: FetchedSource,
  failure: string | null,
  { stored, proposed }: StoredCounts,
) {
  await db('rate_fetches').insert({
    source,
    at: clock.now(),
    failure,
    stored: stored.length,
    proposed: proposed.length,
  });
}

async function downloadPatiently(url: string, timeoutMs: number, delaysMs: number[]): Promise<Buffer> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await download(url, timeoutMs);
    } catch (error) {
      const delay = delaysMs[attempt];
      if (!(error instanceof FetchFailed) || !error.again || delay === undefined) throw error;
      await setTimeout(delay);
    }
  }
}

async function download(url: string, timeoutMs: number): Promise<Buffer> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      signal,
      redirect: 'follow',
      headers: { accept: 'application/xml, text/xml' },
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw new FetchFailed(
        `It was answered ${response.status}`,
        response.status >= 500 || response.status === 429,
      );
    }
    const promised = Number(response.headers.get('content-length') ?? NaN);
    const bytes = await readLimited(response);
    if (Number.isFinite(promised) && !response.headers.get('content-encoding') && bytes.length < promised)
      throw new FetchFailed('It was cut off', true);
    return bytes;
  } catch (error) {
    if (error instanceof FetchFailed) throw error;
    if (signal.aborted) throw new FetchFailed(`It took longer than ${timeoutMs / 1000} s`, true);
    const { cause, message } = error as Error & { cause?: Error };
    throw new FetchFailed(cause?.message || message, true);
  }
}

/** Stops reading where the file is larger than any rate file is. */
async function readLimited(response: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > MAX_RATE_FILE_BYTES)
      throw new FetchFailed(`It is larger than ${MAX_RATE_FILE_BYTES} bytes`, false);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

export interface LastFetch {
  source: FetchedSource;
  at: Date;
  failure: string | null;
  stored: number;
  proposed: number;
}

/** How the last fetch from each bank went. */
export async function listLastFetches(db: Db): Promise<LastFetch[]> {
  const { rows } = await db.raw<{ rows: LastFetch[] }>(
    'select distinct on (source) source, at, failure, stored, proposed from rate_fetches order by source, id desc',
  );
  return rows;
}
