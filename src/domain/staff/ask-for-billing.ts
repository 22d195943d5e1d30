import type { Clock, Day } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import type { Jobs } from '../../platform/jobs/jobs.ts';
import { recordAudit } from '../audit/record-audit.ts';

/** Staff ask for a run of the billing calendar up to a day; the job and the audit log in one transaction (rule S3). */
export async function askForBilling(
  db: Db,
  clock: Clock,
  jobs: Jobs,
  { day, userId }: { day: Day; userId: number },
): Promise<void> {
  await inTransaction(db, async (trx) => {
    await recordAudit(trx, clock, { userId, action: 'billing.run', subject: { type: 'billing', id: day } });
    await jobs.send(trx, 'billing', { day, userId });
  });
}
