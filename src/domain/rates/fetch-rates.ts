import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { RateFileRefused } from '../errors.ts';
import { MAX_RATE_FILE_BYTES, readRateFile } from './rate-file.ts';
import { type StoredCounts, storeRates } from './store-rates.ts';

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

/** Why a fetch failed: `terms.fetch_failure.<key>` in both languages, and what fills its placeholders. */
export interface FetchFailure {
  key: 'status' | 'slow' | 'too_large' | 'cut_off' | 'unreachable' | 'other_bank' | 'refused';
  data: Record<string, string | number>;
}

/** `again` where another attempt may succeed. */
class FetchFailed extends Error {
  readonly failure: FetchFailure;
  readonly again: boolean;
  constructor(key: FetchFailure['key'], data: FetchFailure['data'], { again }: { again: boolean }) {
    super(key);
    this.failure = { key, data };
    this.again = again;
  }
}

/**
 * Fetches a bank's daily file and stores its rates, for the currencies that are taken from that bank; how it went is
 * kept for staff. A failure leaves the stored rates as they are, and is returned, not thrown.
 */
export async function fetchRates(
  db: Db,
  clock: Clock,
  source: FetchedSource,
  { url, timeoutMs = TIMEOUT_MS, delaysMs = DELAYS_MS }: FetchOptions,
): Promise<{ failure: FetchFailure | null }> {
  try {
    const bytes = await downloadPatiently(url, timeoutMs, delaysMs);
    const file = readRateFile(bytes, clock.today());
    if (file.source !== source) throw new FetchFailed('other_bank', {}, { again: false });
    const counts = await inTransaction(db, (trx) => storeRates(trx, clock, file, { onlyOwn: true }));
    await record(db, clock, source, null, counts);
    return { failure: null };
  } catch (error) {
    const failure = failureOf(error);
    if (!failure) throw error;
    await record(db, clock, source, failure, { stored: [], proposed: [], unchanged: [], superseded: [] });
    return { failure };
  }
}

function failureOf(error: unknown): FetchFailure | null {
  if (error instanceof FetchFailed) return error.failure;
  if (!(error instanceof RateFileRefused)) return null;
  return { key: 'refused', data: { reason: error.data.reason, line: error.data.line } };
}

async function record(
  db: Db,
  clock: Clock,
  source: FetchedSource,
  failure: FetchFailure | null,
  { stored, proposed }: StoredCounts,
) {
  await db('rate_fetches').insert({
    source,
    at: clock.now(),
    failure: failure && JSON.stringify(failure),
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
      redirect: 'error',
      headers: { accept: 'application/xml, text/xml' },
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw new FetchFailed(
        'status',
        { status: response.status },
        { again: response.status >= 500 || response.status === 429 },
      );
    }
    const announced = Number(response.headers.get('content-length') ?? NaN);
    const bytes = await readLimited(response);
    if (Number.isFinite(announced) && !response.headers.get('content-encoding') && bytes.length < announced)
      throw new FetchFailed('cut_off', {}, { again: true });
    return bytes;
  } catch (error) {
    if (error instanceof FetchFailed) throw error;
    if (signal.aborted) throw new FetchFailed('slow', { seconds: timeoutMs / 1000 }, { again: true });
    const { cause, message } = error as Error & { cause?: Error };
    throw new FetchFailed('unreachable', { detail: cause?.message || message }, { again: true });
  }
}

/** Stops reading where the file is larger than any rate file is. */
async function readLimited(response: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > MAX_RATE_FILE_BYTES)
      throw new FetchFailed('too_large', { bytes: MAX_RATE_FILE_BYTES }, { again: false });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
