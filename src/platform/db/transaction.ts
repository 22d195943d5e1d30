import type { Db, Transaction } from './database.ts';
import { isOutdatedStatement } from './prepared-statements.ts';

const SERIALIZATION_FAILURE = '40001';
const DEADLOCK_DETECTED = '40P01';
const ATTEMPTS = 5;

/**
 * Runs a command in one READ COMMITTED transaction, and again when the database ends it for a conflict
 * (serialization failure, deadlock) or because the schema changed under it. The work must therefore do nothing outside
 * the transaction.
 */
export async function inTransaction<T>(db: Db, work: (trx: Transaction) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction(work);
    } catch (error) {
      if (attempt >= ATTEMPTS || !isRetryable(error)) throw error;
    }
  }
}

/** Does the work within a transaction and takes it back: all that is wanted of it is the time it takes. */
export async function inVain(trx: Transaction, work: (inner: Transaction) => Promise<unknown>): Promise<void> {
  const undo = new Error('undone');
  await trx
    .transaction(async (inner) => {
      await work(inner);
      throw undo;
    })
    .catch((error: unknown) => {
      if (error !== undo) throw error;
    });
}

/**
 * Statements of a transaction that need nothing of each other, sent in one packet. They run in this order, on which locks
 * rely, as long as each is asked for before anything else is awaited. When one is refused, all of them are answered
 * before the refusal is thrown: a rollback that is sent while another statement waits for a lock would be given up before
 * its answer.
 */
export async function inOnePacket<T extends unknown[]>(
  ...statements: { [K in keyof T]: PromiseLike<T[K]> }
): Promise<T> {
  const outcomes = await Promise.allSettled(statements);
  const refused = outcomes.find(({ status }) => status === 'rejected');
  if (refused?.status === 'rejected') throw refused.reason;
  return outcomes.map((outcome) => (outcome as PromiseFulfilledResult<unknown>).value) as T;
}

function isRetryable(error: unknown) {
  const code = (error as { code?: unknown } | null)?.code;
  return code === SERIALIZATION_FAILURE || code === DEADLOCK_DETECTED || isOutdatedStatement(error);
}
