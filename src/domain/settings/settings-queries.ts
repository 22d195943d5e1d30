import type { Day } from '../../platform/clock.ts';
import type { Config } from '../../platform/config.ts';
import type { Db, Transaction } from '../../platform/db/database.ts';
import { sellerDetails, type SellerVersion } from './seller.ts';
import { readSettings, type Settings, withSettings } from './settings.ts';

/** What staff have set. */
export async function loadSettings(db: Db | Transaction): Promise<Settings> {
  return readSettings(await db('settings').select<{ name: string; value: unknown }[]>('name', 'value'));
}

/** The configuration of a day: the environment, what staff have set, and who sells then. */
export async function loadSiteConfig(db: Db | Transaction, config: Config, today: Day): Promise<Config> {
  const [settings, sellers] = await Promise.all([loadSettings(db), listSellers(db)]);
  const seller = sellers.find(({ validFrom }) => validFrom <= today);
  return {
    ...withSettings(config, settings),
    ...(seller && { seller: { name: seller.name, details: sellerDetails(seller) } }),
  };
}

/** Who sells, has sold and will sell: the latest day first. */
export async function listSellers(db: Db | Transaction): Promise<SellerVersion[]> {
  const rows = await db('sellers as s')
    .leftJoin('users as u', 'u.id', 's.saved_by')
    .orderBy('s.valid_from', 'desc')
    .select('s.*', 'u.email');
  return rows.map((row) => ({
    id: row.id,
    validFrom: row.valid_from,
    name: row.name,
    address: row.address,
    registration: row.registration,
    vat: row.vat,
    bank: row.bank,
    savedBy: row.email,
    savedAt: row.saved_at,
    reason: row.reason,
  }));
}
