import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { unlessTaken } from '../../platform/db/unique-violation.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { CodeTaken, NotFound } from '../errors.ts';
import type { Names } from '../../platform/i18n/names.ts';

/** Adds a place in which servers stand. @throws {CodeTaken} */
export async function createLocation(
  db: Db,
  clock: Clock,
  { by, code, names }: { by: number; code: string; names: Names },
): Promise<void> {
  await inTransaction(db, async (trx) => {
    await unlessTaken(trx('locations').insert({ code, names: JSON.stringify(names) }), () => new CodeTaken({ code }));
    await recordAudit(trx, clock, {
      userId: by,
      action: 'location.created',
      subject: { type: 'location', id: code },
      details: { name: names['en'] },
    });
  });
}

/** Renames a location, for its orders too. @throws {NotFound} */
export async function renameLocation(
  db: Db,
  clock: Clock,
  { by, id, names }: { by: number; id: number; names: Names },
): Promise<void> {
  await inTransaction(db, async (trx) => {
    const before = await trx('locations')
      .where({ id })
      .forUpdate()
      .first<{ code: string; names: Names } | undefined>('code', 'names');
    if (!before) throw new NotFound();
    if (before.names['en'] === names['en'] && before.names['ru'] === names['ru']) return;
    await trx('locations')
      .where({ id })
      .update({ names: JSON.stringify(names) });
    await recordAudit(trx, clock, {
      userId: by,
      action: 'location.changed',
      subject: { type: 'location', id: before.code },
      details: { before: shown(before.names), after: shown(names) },
    });
  });
}

const shown = (names: Names) => ({ name: [names['en'], names['ru']].join(' / ') });
