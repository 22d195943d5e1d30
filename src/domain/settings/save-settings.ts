import type { Clock } from '../../platform/clock.ts';
import type { Config } from '../../platform/config.ts';
import type { Db } from '../../platform/db/database.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { changedValues } from '../audit/changed-values.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { SellerDayTaken } from '../errors.ts';
import type { SellerDraft } from './seller.ts';
import { listSellers, loadSettings } from './settings-queries.ts';
import type { SettingName, Settings } from './settings.ts';

/** Saves settings; who, when, before and after stand in the audit log. */
export async function saveSettings(
  db: Db,
  clock: Clock,
  { by, settings, reason }: { by: number; settings: Settings; reason: string },
): Promise<void> {
  await inTransaction(db, async (trx) => {
    // One form after the other.
    await trx.raw('lock table settings in share row exclusive mode');
    const before = await loadSettings(trx);
    const rows = (Object.entries(settings) as [SettingName, unknown][]).map(([name, value]) => ({
      name,
      value: JSON.stringify(value),
      changed_by: by,
      changed_at: clock.now(),
    }));
    if (rows.length === 0) return;
    const changed = changedValues(audited(before), audited(settings));
    if (!changed) return;
    await trx('settings').insert(rows).onConflict('name').merge();
    await recordAudit(trx, clock, {
      userId: by,
      action: 'settings.changed',
      subject: { type: 'settings', id: Object.keys(changed.after).join(', ').slice(0, 100) },
      reason,
      details: { ...changed },
    });
  });
}

/** Texts in several languages are logged as one. */
const audited = (settings: Settings): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [
      name,
      typeof value === 'object' ? [value.en, value.ru].filter(Boolean).join(' / ') : value,
    ]),
  );

/**
 * Saves who sells from a day on. Invoices that were issued keep the seller of their day; one for a day that is to come
 * replaces what was saved for the same day.
 * @throws {SellerDayTaken} when somebody sells from that day on already, and it has come
 */
export async function saveSeller(
  db: Db,
  clock: Clock,
  { by, draft, reason }: { by: number; draft: SellerDraft; reason: string },
): Promise<void> {
  await inTransaction(db, async (trx) => {
    await trx.raw('lock table sellers in share row exclusive mode');
    const sellers = await listSellers(trx);
    const { validFrom } = draft;
    const taken = sellers.find((seller) => seller.validFrom === validFrom);
    if (taken && validFrom < clock.today()) throw new SellerDayTaken({ day: validFrom });
    const before = taken ?? sellers.find((seller) => seller.validFrom < validFrom);
    const row = {
      valid_from: validFrom,
      name: draft.name,
      address: draft.address,
      registration: draft.registration,
      vat: draft.vat,
      bank: draft.bank,
      saved_by: by,
      saved_at: clock.now(),
      reason,
    };
    await trx('sellers').insert(row).onConflict('valid_from').merge();
    await recordAudit(trx, clock, {
      userId: by,
      action: 'seller.saved',
      subject: { type: 'settings', id: 'seller' },
      reason,
      details: { ...changedValues(before ? auditedSeller(before) : {}, auditedSeller(draft)) },
    });
  });
}

const auditedSeller = ({ validFrom, name, address, registration, vat, bank }: SellerDraft) => ({
  valid_from: validFrom,
  name,
  address,
  registration,
  vat,
  bank,
});

/** Long before anything is sold. */
const ALWAYS = '2000-01-01';

/** On an empty table the environment says who sells; afterwards it is ignored. */
export async function saveFirstSeller(db: Db, clock: Clock, config: Config): Promise<void> {
  if (!config.environment.has('SELLER_NAME')) return;
  await db.raw(
    `insert into sellers (valid_from, name, address, saved_at)
     select :validFrom, :name, :address, :now
     where not exists (select from sellers)
     on conflict do nothing`,
    {
      validFrom: ALWAYS,
      name: config.seller.name.slice(0, 120),
      address: config.seller.details.slice(0, 500),
      now: clock.now(),
    },
  );
}
