import type { Clock } from '../../platform/clock.ts';
import type { Db, Transaction } from '../../platform/db/database.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { unlessTaken } from '../../platform/db/unique-violation.ts';
import { changedValues } from '../audit/changed-values.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { CodeTaken, NotFound, StockChanged, SomethingChanged } from '../errors.ts';
import { getEditedPlan } from './edited-plan-queries.ts';
import type { EditedPlan, PlanDraft } from './edited-plan.ts';

/** Adds a plan, which cannot be ordered before it has a price. @returns its id @throws {CodeTaken} */
export function createPlan(
  db: Db,
  clock: Clock,
  { by, code, category, draft }: { by: number; code: string; category: string; draft: PlanDraft },
): Promise<number> {
  return inTransaction(db, async (trx) => {
    const [row] = await unlessTaken(
      trx('plans')
        .insert({ code, category, ...toRow(draft) })
        .returning<{ id: number }[]>('id'),
      () => new CodeTaken({ code }),
    );
    const id = row?.id as number;
    await writeLocations(trx, id, draft.locations);
    await recordAudit(trx, clock, {
      userId: by,
      action: 'plan.created',
      subject: { type: 'plan', id: code },
      details: { category, ...auditedValues(draft) },
    });
    return id;
  });
}

/**
 * Changes a plan; its prices have a page of their own. Orders that run keep their location, and what they were sold.
 * @param request.stockBefore what the form showed: somebody may have ordered since
 * @throws {NotFound} @throws {StockChanged}
 */
export async function changePlanDetails(
  db: Db,
  clock: Clock,
  { by, id, draft, stockBefore }: { by: number; id: number; draft: PlanDraft; stockBefore: number | null },
): Promise<void> {
  await inTransaction(db, async (trx) => {
    const row = await trx('plans').where({ id }).forUpdate().first<{ stock: number | null } | undefined>('stock');
    if (!row) throw new NotFound();
    if (draft.stock !== stockBefore && row.stock !== stockBefore) throw new StockChanged({ stock: row.stock ?? '—' });
    const before = await getEditedPlan(trx, id);
    // Where nobody touched the stock, what was sold since stays sold.
    const stock = draft.stock === stockBefore ? row.stock : draft.stock;
    await trx('plans')
      .where({ id })
      .update(toRow({ ...draft, stock }));
    await writeLocations(trx, id, draft.locations);
    const changed = changedValues(auditedValues(before), auditedValues({ ...draft, stock }));
    if (!changed) return;
    await recordAudit(trx, clock, {
      userId: by,
      action: 'plan.changed',
      subject: { type: 'plan', id: before.code },
      details: { ...changed },
    });
  });
}

const toRow = ({ name, specification, position, active, hidden, stock, refundsUnused, howToConnect }: PlanDraft) => ({
  name,
  specification: JSON.stringify(specification),
  position,
  active,
  hidden,
  stock,
  refunds_unused: refundsUnused,
  how_to_connect: howToConnect && JSON.stringify(howToConnect),
});

/** @throws {SomethingChanged} of a location that is not there (any more) */
async function writeLocations(trx: Transaction, planId: number, locations: number[]) {
  const known = await trx('locations').whereIn('id', locations).pluck('id');
  if (known.length < new Set(locations).size) throw new SomethingChanged();
  await trx('plan_locations').where({ plan_id: planId }).whereNotIn('location_id', locations).delete();
  for (const [position, location_id] of locations.entries()) {
    await trx('plan_locations')
      .insert({ plan_id: planId, location_id, position })
      .onConflict(['plan_id', 'location_id'])
      .merge({ position });
  }
}

const auditedValues = (plan: PlanDraft | EditedPlan) => ({
  name: plan.name,
  specification: Object.values(plan.specification).join(' · '),
  locations: plan.locations.length,
  position: plan.position,
  active: plan.active,
  hidden: plan.hidden,
  stock: plan.stock,
  refunds: plan.refundsUnused,
  connect: plan.howToConnect?.['en'] ?? '',
});
