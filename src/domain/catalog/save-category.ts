import type { Clock } from '../../platform/clock.ts';
import type { Db, Transaction } from '../../platform/db/database.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { unlessTaken } from '../../platform/db/unique-violation.ts';
import { changedValues } from '../audit/changed-values.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { CodeTaken } from '../errors.ts';
import { loadCatalog } from './category-queries.ts';
import type { Category } from './category.ts';

/** A category as staff write it; its place among the others is a number, the lowest first. */
export interface CategoryDraft extends Category {
  position: number;
}

/** Adds a category without plans. @throws {CodeTaken} */
export async function createCategory(
  db: Db,
  clock: Clock,
  { by, draft }: { by: number; draft: CategoryDraft },
): Promise<void> {
  await inTransaction(db, async (trx) => {
    await unlessTaken(
      trx('categories').insert({ code: draft.code, ...toRow(draft) }),
      () => new CodeTaken({ code: draft.code }),
    );
    await writeParts(trx, draft);
    await recordAudit(trx, clock, {
      userId: by,
      action: 'category.created',
      subject: { type: 'category', id: draft.code },
      details: auditedValues(draft),
    });
  });
}

/**
 * Changes a category. What running orders have paid for stays; the terms count for all of its orders from now on. Of a
 * field that is taken away plans keep their value, so that it comes back with the field.
 * @throws {NotFound}
 */
export async function changeCategory(
  db: Db,
  clock: Clock,
  { by, draft }: { by: number; draft: CategoryDraft },
): Promise<void> {
  await inTransaction(db, async (trx) => {
    const row = await trx('categories')
      .where({ code: draft.code })
      .forUpdate()
      .first<{ position: number } | undefined>('position');
    const before = (await loadCatalog(trx)).get(draft.code);
    await trx('categories').where({ code: draft.code }).update(toRow(draft));
    await trx('category_periods').where({ category: draft.code }).delete();
    await trx('specification_fields').where({ category: draft.code }).delete();
    await writeParts(trx, draft);
    const changed = changedValues(auditedValues({ ...before, position: row?.position ?? 0 }), auditedValues(draft));
    if (!changed) return;
    await recordAudit(trx, clock, {
      userId: by,
      action: 'category.changed',
      subject: { type: 'category', id: draft.code },
      details: { ...changed },
    });
  });
}

/** What a category's row and the audit log call the same. */
const plainValues = (draft: CategoryDraft) => ({
  active: draft.active,
  provisioning: draft.provisioning,
  position: draft.position,
  invoice_days: draft.invoiceDays,
  remind_days: draft.remindDays,
  due_days: draft.dueDays,
  grace_days: draft.graceDays,
  suspended_days: draft.suspendedDays,
});

const toRow = (draft: CategoryDraft) => ({
  names: JSON.stringify(draft.names),
  descriptions: JSON.stringify(draft.descriptions),
  ...plainValues(draft),
});

async function writeParts(trx: Transaction, { code: category, periods, fields }: CategoryDraft) {
  await trx('category_periods').insert(periods.map((months) => ({ category, months })));
  if (fields.length === 0) return;
  await trx('specification_fields').insert(
    fields.map(({ code, names, kind, patterns }, position) => ({
      category,
      code,
      names: JSON.stringify(names),
      kind,
      patterns: JSON.stringify(patterns),
      position,
    })),
  );
}

const auditedValues = (draft: CategoryDraft) => ({
  name: draft.names['en'],
  ...plainValues(draft),
  periods: draft.periods.join(', '),
  fields: draft.fields.map(({ code }) => code).join(', '),
});
