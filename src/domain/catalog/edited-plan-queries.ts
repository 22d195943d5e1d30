import type { Clock } from '../../platform/clock.ts';
import type { Db, Transaction } from '../../platform/db/database.ts';
import { NotFound } from '../errors.ts';
import { Money } from '../money/money.ts';
import type { EditedPlan } from './edited-plan.ts';
import { countFreeAddresses } from '../networks/network-queries.ts';
import type { Provisioning } from './category.ts';
import { validToday } from './plan-price.ts';
import type { Names } from '../../platform/i18n/names.ts';
import type { Location, Specification } from './plan.ts';

interface EditedPlanRow {
  id: number;
  code: string;
  name: string;
  category: string;
  specification: Specification;
  locations: number[];
  position: number;
  active: boolean;
  hidden: boolean;
  stock: number | null;
  refunds_unused: boolean;
  how_to_connect: Names | null;
}

/** A plan with all that staff change of it. @throws {NotFound} */
export async function getEditedPlan(db: Db | Transaction, id: number): Promise<EditedPlan> {
  const { rows } = await db.raw<{ rows: EditedPlanRow[] }>(
    `select p.*, array(select location_id::int from plan_locations where plan_id = p.id order by position) as locations
     from plans p
     where p.id = ?`,
    [id],
  );
  const [row] = rows;
  if (!row) throw new NotFound();
  const { refunds_unused: refundsUnused, how_to_connect: howToConnect, ...plan } = row;
  return { ...plan, refundsUnused, howToConnect };
}

/** All places in which servers stand, with how many plans are sold there and how many orders run. */
export async function listLocations(db: Db): Promise<(Location & { plans: number; orders: number })[]> {
  const { rows } = await db.raw<{ rows: (Location & { plans: number; orders: number })[] }>(
    `select l.id, l.code, l.names, (select count(*) from plan_locations where location_id = l.id)::int as plans,
       (select count(*) from orders where location_id = l.id and status <> 'cancelled')::int as orders
     from locations l
     order by l.names ->> 'en', l.id`,
  );
  return rows;
}

/** What staff see of a plan in the list. */
export interface ListedPlanOfStaff {
  id: number;
  code: string;
  name: string;
  category: string;
  specification: Specification;
  locations: Names[];
  active: boolean;
  hidden: boolean;
  /** Orders that have not ended. */
  orders: number;
  /** How many more can be sold: as staff set it, and as there are free addresses; null: no limit. */
  left: number | null;
  /** By currency, the shortest period that is sold, with its price. */
  prices: { currency: string; months: number; price: Money }[];
  /** What is not sold for want of a price, by currency: the months. */
  missing: { currency: string; months: number[] }[];
}

interface ListedPlanRow {
  id: number;
  code: string;
  name: string;
  category: string;
  specification: Specification;
  locations: Names[];
  active: boolean;
  hidden: boolean;
  orders: number;
  stock: number | null;
  /** The ids of its locations. */
  places: number[];
  provisioning: Provisioning;
  prices: { currency: string; months: number; price: string }[] | null;
  periods: number[];
}

/** All plans, in the order of their categories. @param currencies those that plans are priced in */
export async function listPlansOfStaff(
  db: Db,
  { clock, currencies }: { clock: Clock; currencies: string[] },
): Promise<ListedPlanOfStaff[]> {
  const free = await countFreeAddresses(db, clock);
  const { rows } = await db.raw<{ rows: ListedPlanRow[] }>(
    `select p.id, p.code, p.name, p.category, p.specification, p.active, p.hidden, p.stock, c.provisioning,
       array(select location_id::int from plan_locations where plan_id = p.id) as places,
       array(
         select l.names
         from plan_locations s
         join locations l on l.id = s.location_id
         where s.plan_id = p.id
         order by s.position, l.id
       ) as locations,
       (select count(*) from orders o where o.plan_id = p.id and o.status <> 'cancelled')::int as orders,
       array(select months from category_periods where category = p.category order by months) as periods,
       (
         select jsonb_agg(
           jsonb_build_object('currency', v.currency, 'months', v.months, 'price', v.price::text) order by v.months
         )
         from (
           ${validToday('plan_prices', { key: 'currency, months', value: 'price', where: 'plan_id = p.id' })}
         ) v
       ) as prices
     from plans p
     join categories c on c.code = p.category
     order by c.position, c.code, p.position, p.id`,
    { today: clock.today() },
  );
  return rows.map(({ prices, periods, stock, places, provisioning, ...plan }) => {
    const counted = places.every((id) => free.has(id)) && provisioning === 'automatic';
    const addresses = counted ? places.reduce((sum, id) => sum + (free.get(id) ?? 0), 0) : null;
    const sold = (prices ?? []).filter(({ months }) => periods.includes(months));
    const of = (currency: string) => sold.filter((price) => price.currency === currency);
    return {
      ...plan,
      left: stock === null || addresses === null ? (stock ?? addresses) : Math.min(stock, addresses),
      prices: currencies.flatMap((currency) => {
        const [first] = of(currency);
        return first ? [{ currency, months: first.months, price: Money.of(first.price, currency) }] : [];
      }),
      missing: currencies
        .map((currency) => {
          const priced = of(currency).map(({ months }) => months);
          return { currency, months: periods.filter((months) => !priced.includes(months)) };
        })
        .filter(({ months }) => months.length > 0),
    };
  });
}
