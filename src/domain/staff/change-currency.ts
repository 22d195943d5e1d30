import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { unlessTaken } from '../../platform/db/unique-violation.ts';
import { CodeTaken, CurrencyInUse, NotFound } from '../errors.ts';
import { changedValues } from '../audit/changed-values.ts';
import type { RateSource } from '../money/currency.ts';
import { Exact } from '../money/money.ts';
import { recordAudit } from '../audit/record-audit.ts';

interface CurrencyRow {
  enabled: boolean;
  priced: boolean;
  markup: string;
  rate_source: RateSource;
  position: number;
}

/** What staff change of a currency; what is left out stays. */
export interface CurrencySettings {
  enabled: boolean;
  /** Plans are priced in it, and accounts can be kept in it. */
  priced: boolean;
  /** A part: 0.015 is 1.5 %. */
  markup: string;
  rateSource?: RateSource;
  /** Among the others, the lowest first. */
  position?: number;
}

/**
 * Changes the settings of a currency; one in which accounts are kept stays on, and priced.
 * @throws {NotFound} @throws {CurrencyInUse}
 */
export async function changeCurrencySettings(
  db: Db,
  clock: Clock,
  { code, settings, userId }: { code: string; settings: CurrencySettings; userId: number },
): Promise<void> {
  await inTransaction(db, async (trx) => {
    const before = await trx('currencies')
      .where({ code })
      .forUpdate()
      .first<CurrencyRow | undefined>('enabled', 'priced', 'markup', 'rate_source', 'position');
    if (!before) throw new NotFound();
    const used = await trx('ledger_accounts').where({ kind: 'customer_balance', currency: code }).first('id');
    if ((!settings.enabled || !settings.priced) && used) throw new CurrencyInUse({ currency: code });
    const { enabled, priced, markup, rateSource = before.rate_source, position = before.position } = settings;
    const after: CurrencyRow = { enabled, priced: priced && enabled, markup, rate_source: rateSource, position };
    await trx('currencies').where({ code }).update(after);
    await recordAudit(trx, clock, {
      userId,
      action: 'currency.changed',
      subject: { type: 'currency', id: code },
      details: { ...changedValues({ ...before }, { ...after, markup: new Exact(markup).toFixed(4) }) },
    });
  });
}

/**
 * Adds a currency by its ISO 4217 code, switched off; it has the decimals that the standard gives it, and stands last.
 * @throws {CodeTaken}
 */
export async function addCurrency(
  db: Db,
  clock: Clock,
  { code, rateSource, userId }: { code: string; rateSource: RateSource; userId: number },
): Promise<void> {
  await inTransaction(db, async (trx) => {
    await unlessTaken(
      trx.raw(
        `insert into currencies (code, minor_digits, position, rate_source)
         select :code, iso_minor_digits(:code), coalesce(max(position), 0) + 1, :rateSource
         from currencies`,
        { code, rateSource },
      ),
      () => new CodeTaken({ code }),
    );
    await recordAudit(trx, clock, {
      userId,
      action: 'currency.added',
      subject: { type: 'currency', id: code },
      details: { rate_source: rateSource },
    });
  });
}
