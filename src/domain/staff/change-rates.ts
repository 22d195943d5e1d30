import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { decideProposal, type Decision } from '../rates/decide-proposal.ts';
import type { RateFile } from '../rates/rate-file-checks.ts';
import { type StoredCounts, storeRates } from '../rates/store-rates.ts';
import { type AuditEntry, recordAudit } from '../audit/record-audit.ts';

/** Staff import a bank's file; rates and audit log in one transaction (rule S3). */
export const importRateFile = (db: Db, clock: Clock, change: RateChange): Promise<StoredCounts> =>
  storeWithAudit(db, clock, change, (counts) => ({
    action: 'rates.imported',
    subject: { type: 'rates', id: `${change.file.source} ${change.file.date}` },
    details: { ...counts },
  }));

/** Staff enter one rate by hand: a file of one row, under the same guard (rule C4). */
export const enterRateByHand = (db: Db, clock: Clock, change: RateChange): Promise<StoredCounts> => {
  const [entered] = change.file.rates;
  return storeWithAudit(db, clock, change, (counts) => ({
    action: 'rate.entered',
    subject: { type: 'currency', id: entered?.currency ?? '' },
    details: { rate: entered?.rate.toFixed(), effective_on: change.file.date, ...counts },
  }));
};

interface RateChange {
  file: RateFile;
  userId: number;
}

function storeWithAudit(
  db: Db,
  clock: Clock,
  { file, userId }: RateChange,
  entryOf: (counts: StoredCounts) => Omit<AuditEntry, 'userId'>,
): Promise<StoredCounts> {
  return inTransaction(db, async (trx) => {
    const counts = await storeRates(trx, clock, file);
    await recordAudit(trx, clock, { userId, ...entryOf(counts) });
    return counts;
  });
}

/** Staff confirm or reject a rate that waits. @throws {NotFound} @throws {RateAlreadyDecided} */
export async function decideRateProposal(
  db: Db,
  clock: Clock,
  { proposalId, decision, userId }: { proposalId: number; decision: Decision; userId: number },
): Promise<void> {
  await inTransaction(db, async (trx) => {
    const { currency, rate } = await decideProposal(trx, clock, { proposalId, decision, userId });
    await recordAudit(trx, clock, {
      userId,
      action: `rate.${decision}`,
      subject: { type: 'currency', id: currency },
      details: { proposal: proposalId, rate },
    });
  });
}
