import type { Clock } from '../../platform/clock.ts';
import type { Transaction } from '../../platform/db/database.ts';
import { NotFound, RateAlreadyDecided } from '../errors.ts';
import { insertRate } from './store-rates.ts';

export type Decision = 'confirmed' | 'rejected';

/**
 * Confirms or rejects a proposed rate for a member of staff (rule C4); a confirmed one becomes a stored rate. One that a
 * newer rate has made obsolete cannot be decided any more.
 * @throws {NotFound} @throws {RateAlreadyDecided}
 */
export async function decideProposal(
  trx: Transaction,
  clock: Clock,
  { proposalId, decision, userId }: { proposalId: number; decision: Decision; userId: number },
) {
  const proposal = await trx('rate_proposals').where({ id: proposalId }).forUpdate().first();
  if (!proposal) throw new NotFound();
  if (proposal.decision) throw new RateAlreadyDecided();
  const { currency, rate, effective_on, source } = proposal;
  await trx('rate_proposals')
    .where({ id: proposalId })
    .update({ decision, decided_at: clock.now(), decided_by: userId });
  if (decision === 'confirmed') await insertRate(trx, clock, { currency, rate, effective_on, source });
  return { currency: currency as string, rate: rate as string };
}
