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

/**
 * Statements of a transaction that need nothing of each other, sent in one packet; they run in this order. Each has to be
 * one statement that is asked for at once: another after it could be sent when the transaction has been rolled back.
 */
export const inOnePacket = <T extends unknown[]>(...statements: { [K in keyof T]: PromiseLike<T[K]> }): Promise<T> =>
  Promise.all(statements);

function isRetryable(error: unknown) {
  const code = (error as { code?: unknown } | null)?.code;
  return code === SERIALIZATION_FAILURE || code === DEADLOCK_DETECTED || isOutdatedStatement(error);
}
