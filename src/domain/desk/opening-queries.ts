import type { Db } from '../../platform/db/database.ts';
import { BASE_CURRENCY } from '../money/currency.ts';
import type { RateTable } from '../rates/rate-table.ts';

/** What an empty installation needs before it can sell, in the order in which it is best done. */
export const OPENING_STEPS = [
  'seller',
  'currencies',
  'mail',
  'location',
  'category',
  'plan',
  'prices',
  'network',
] as const;
export type OpeningStepName = (typeof OPENING_STEPS)[number];

export interface OpeningStep {
  name: OpeningStepName;
  done: boolean;
  /** What went wrong when it was tried; null: nothing. */
  fault: string | null;
}

interface OpeningRow extends Record<OpeningStepName, boolean> {
  ordered: boolean;
  mail_error: string | null;
}

/** How far an installation is; null once somebody has ordered, or when nothing is missing. */
export async function getOpeningSteps(db: Db, table: RateTable): Promise<OpeningStep[] | null> {
  const { rows } = await db.raw<{ rows: OpeningRow[] }>(
    `select exists (select from orders) as ordered,
       exists (select from sellers) as seller,
       exists (select from mails where state = 'sent') as mail,
       (
         select last_error
         from mails
         where kind = 'test_mail'
         order by id desc
         limit 1
       ) as mail_error,
       exists (select from locations) as location,
       exists (select from categories where active) as category,
       exists (select from plans p where p.active and exists (select from plan_locations where plan_id = p.id)) as plan,
       exists (select from plan_prices r join plans p on p.id = r.plan_id and p.active where r.price is not null) as prices,
       exists (select from categories where active)
         and not exists (
           select
           from categories
           where provisioning = 'automatic'
             and active
             and not exists (select from networks where automatic)
         ) as network`,
  );
  const [row] = rows;
  if (!row || row.ordered) return null;
  const priced = table.currencies.priced;
  const currencies = priced.length > 0 && priced.every(({ code }) => code === BASE_CURRENCY || table.has(code));
  const steps = OPENING_STEPS.map((name) => ({
    name,
    done: name === 'currencies' ? currencies : row[name],
    fault: name === 'mail' && !row.mail ? row.mail_error : null,
  }));
  return steps.every(({ done }) => done) ? null : steps;
}
