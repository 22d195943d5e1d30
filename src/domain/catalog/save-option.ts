import type { Clock, Day } from '../../platform/clock.ts';
import type { Db, Transaction } from '../../platform/db/database.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { unlessTaken } from '../../platform/db/unique-violation.ts';
import { changedValues } from '../audit/changed-values.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { CodeTaken } from '../errors.ts';
import type { Money } from '../money/money.ts';
import { getOption } from './option-queries.ts';
import type { Names } from '../../platform/i18n/names.ts';

/** An option as staff write it. */
export interface OptionDraft {
  names: Names;
  position: number;
  active: boolean;
  /** What it costs a month from a day on, by currency; null: it is not offered in it. */
  monthly: Map<string, Money | null>;
  validFrom: Day;
}

/** Adds an option to the plans of a category. @throws {CodeTaken} */
export async function createOption(
  db: Db,
  clock: Clock,
  { by, code, category, draft }: { by: number; code: string; category: string; draft: OptionDraft },
): Promise<void> {
  await inTransaction(db, async (trx) => {
    const [row] = await unlessTaken(
      trx('plan_options')
        .insert({ code, category, ...toRow(draft) })
        .returning<{ id: number }[]>('id'),
      () => new CodeTaken({ code }),
    );
    await writePrices(trx, row?.id as number, draft, new Map());
    await recordAudit(trx, clock, {
      userId: by,
      action: 'option.created',
      subject: { type: 'option', id: code },
      details: { category, ...auditedValues(draft) },
    });
  });
}

/** Changes an option; orders that have it keep the price at which they got it. @throws {NotFound} */
export async function changeOption(
  db: Db,
  clock: Clock,
  { by, id, draft }: { by: number; id: number; draft: OptionDraft },
): Promise<void> {
  await inTransaction(db, async (trx) => {
    await trx('plan_options').where({ id }).forUpdate().first('id');
    const before = await getOption(trx, id, draft.validFrom);
    await trx('plan_options').where({ id }).update(toRow(draft));
    await writePrices(trx, id, draft, before.monthly);
    const validFrom = draft.validFrom;
    const changed = changedValues(auditedValues({ ...before, validFrom }), auditedValues(draft));
    if (!changed) return;
    await recordAudit(trx, clock, {
      userId: by,
      action: 'option.changed',
      subject: { type: 'option', id: before.code },
      details: { ...changed },
    });
  });
}

const toRow = ({ names, position, active }: OptionDraft) => ({ names: JSON.stringify(names), position, active });

/** Only what differs from the prices that would be valid on that day anyway. */
async function writePrices(trx: Transaction, id: number, draft: OptionDraft, before: Map<string, Money>) {
  for (const [currency, monthly] of draft.monthly) {
    const known = before.get(currency) ?? null;
    if (known === null ? monthly === null : monthly !== null && known.equals(monthly)) continue;
    await trx('plan_option_prices')
      .insert({ option_id: id, currency, monthly: monthly?.toDatabase() ?? null, valid_from: draft.validFrom })
      .onConflict(['option_id', 'currency', 'valid_from'])
      .merge();
  }
}

function auditedValues({ names, position, active, monthly, validFrom }: OptionDraft | (OptionDraft & { id: number })) {
  const prices = [...monthly].flatMap(([currency, price]) => (price ? [`${currency} ${price.toDatabase()}`] : []));
  return { name: names['en'], position, active, prices: prices.toSorted().join(', '), valid_from: validFrom };
}
