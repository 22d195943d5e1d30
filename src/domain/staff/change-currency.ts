import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { CurrencyInUse, NotFound } from '../errors.ts';
import { recordAudit } from '../audit/record-audit.ts';

/**
 * Switches a currency on or off and sets its markup; one in which accounts are kept stays on.
 * @param markup a part: 0.015 is 1.5 %
 * @throws {NotFound} @throws {CurrencyInUse}
 */
export async function changeCurrencySettings(
  db: Db,
  clock: Clock,
  { code, enabled, markup, userId }: { code: string; enabled: boolean; markup: string; userId: number },
): Promise<void> {
  await inTransaction(db, async (trx) => {
    const before = await trx('currencies')
      .where({ code })
      .forUpdate()
      .first<{ enabled: boolean; markup: string } | undefined>('enabled', 'markup');
    if (!before) throw new NotFound();
    const used = await trx('ledger_accounts').where({ kind: 'customer_balance', currency: code }).first('id');
    if (!enabled && used) throw new CurrencyInUse({ currency: code });
    await trx('currencies').where({ code }).update({ enabled, markup });
    await recordAudit(trx, clock, {
      userId,
      action: 'currency.changed',
      subject: { type: 'currency', id: code },
      details: { enabled, markup, before },
    });
  });
}
