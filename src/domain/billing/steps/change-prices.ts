import { type Clock, type Day, dayOf } from '../../../platform/clock.ts';
import type { Transaction } from '../../../platform/db/database.ts';
import { Money } from '../../money/money.ts';
import { enqueueMails } from '../../notifications/enqueue-mail.ts';
import { recordOrderEvents } from '../../orders/record-order-event.ts';
import { PLAN_PART } from '../../price-changes/price-change-queries.ts';
import { type BillingItem, type BillingStep, findOrders } from './step.ts';

/** SQL: the change of an order's price that is open, as `p`, and what it belongs to, as `c`. */
const WITH_CHANGE = `join order_price_changes p on p.order_id = o.id and p.applied_on is null and p.dropped_on is null
  join price_changes c on c.id = p.change_id`;

/** SQL: from when the order is at the new price; customers have all of their notice, however late they were told. */
const STARTS_ON = 'greatest(c.valid_from, p.told_on + c.notice_days)';

/** SQL: an order that is to end waits, in case its customer keeps it after all. */
const GOES_ON = `(not o.ends_at_period or o.status = 'cancelled')`;

const TO_TELL = `p.told_on is null and c.valid_from - c.notice_days <= :day and ${GOES_ON}`;
const TO_APPLY = `p.told_on is not null and ${STARTS_ON} <= :day and ${GOES_ON}`;

/** SQL: whether the order still is what the change was calculated for. */
const UNCHANGED = `o.status in ('provisioning', 'active', 'suspended')
  and o.plan_id = c.plan_id
  and o.period_months = p.months
  and ${PLAN_PART} = p.price_before`;

interface ChangeRow {
  change_id: number;
  order_id: number;
  customer_id: number;
  plan: string;
  hostname: string;
  months: number;
  /** Of the order, its options included. */
  price: string;
  /** Of the plan alone. */
  difference: string;
  currency: string;
  starts_on: Day;
}

/** The customers of running orders are told of a price that is to come, each in one message. */
export const tellOfPrices: BillingStep = {
  action: 'price_told',
  batch: 500,
  parallel: 1,
  find: findOrders(TO_TELL, { joined: WITH_CHANGE, orderBy: 'customer_id, id' }),
  async act(trx, { clock, day }, ids) {
    const toldOn = dayOfTelling(clock, day);
    const rows = await takeChanges(trx, { ids, day, toldOn, due: TO_TELL });
    await trx('order_price_changes')
      .whereIn('order_id', idsOf(rows))
      .where({ applied_on: null, dropped_on: null })
      .update({ told_on: toldOn });
    const messages = new Map<string, ChangeRow[]>();
    for (const row of rows) {
      const key = `${row.customer_id} ${row.change_id}`;
      messages.set(key, [...(messages.get(key) ?? []), row]);
    }
    await enqueueMails(
      trx,
      clock,
      [...messages.values()].map((ofCustomer) => ({
        customerId: ofCustomer[0]?.customer_id as number,
        kind: 'price_change' as const,
        data: {
          ...(ofCustomer[0] && { from: ofCustomer[0].starts_on }),
          prices: ofCustomer.map((row) => ({
            id: row.order_id,
            plan: row.plan,
            hostname: row.hostname,
            months: row.months,
            before: Money.of(row.price, row.currency),
            after: newPrice(row),
          })),
        },
      })),
    );
    return rows.map((row) => itemOf('price_told', row));
  },
};

/** Running orders get the price of which their customers were told; what is invoiced already stays. */
export const applyPrices: BillingStep = {
  action: 'price_changed',
  batch: 500,
  parallel: 1,
  find: findOrders(TO_APPLY, { joined: WITH_CHANGE }),
  async act(trx, { clock, day }, ids) {
    const rows = await takeChanges(trx, { ids, day, toldOn: day, due: TO_APPLY });
    await trx.raw(
      `update orders o
       set price = o.price + p.price_after - p.price_before
       from order_price_changes p
       where p.order_id = o.id
         and p.applied_on is null
         and p.dropped_on is null
         and o.id = any(:ids)`,
      { ids: idsOf(rows) },
    );
    await trx('order_price_changes')
      .whereIn('order_id', idsOf(rows))
      .where({ applied_on: null, dropped_on: null })
      .update({ applied_on: day });
    await recordOrderEvents(
      trx,
      clock,
      rows.map((row) => ({
        orderId: row.order_id,
        customerId: row.customer_id,
        kind: 'price_changed',
        details: { before: row.price, after: newPrice(row).toDatabase(), currency: row.currency, months: row.months },
      })),
    );
    return rows.map((row) => itemOf('price_changed', row));
  },
};

/** A day that is caught up with is told of today: the notice begins when the message goes out. */
function dayOfTelling(clock: Clock, day: Day): Day {
  const today = dayOf(clock.now(), clock.timeZone);
  return today > day ? today : day;
}

/**
 * Locks the orders by their ids, and drops the changes of those that are not what they were: they keep their price.
 * @returns what is still due
 */
async function takeChanges(
  trx: Transaction,
  { ids, day, toldOn, due }: { ids: number[]; day: Day; toldOn: Day; due: string },
): Promise<ChangeRow[]> {
  await trx('orders').whereIn('id', ids).orderBy('id').forUpdate().select('id');
  await trx.raw(
    `update order_price_changes d
     set dropped_on = :day
     from orders o
     ${WITH_CHANGE}
     where d.change_id = p.change_id
       and d.order_id = o.id
       and o.id = any(:ids)
       and ${due}
       and not (${UNCHANGED})`,
    { ids, day },
  );
  const { rows } = await trx.raw<{ rows: ChangeRow[] }>(
    `select c.id as change_id, o.id as order_id, o.customer_id, t.name as plan, o.hostname, p.months, o.price,
       p.price_after - p.price_before as difference, o.currency,
       greatest(c.valid_from, coalesce(p.told_on, cast(:toldOn as date)) + c.notice_days) as starts_on
     from orders o
     ${WITH_CHANGE}
     join plans t on t.id = o.plan_id
     where o.id = any(:ids)
       and ${due}
     order by o.customer_id, o.id
     for update of p`,
    { ids, day, toldOn },
  );
  return rows;
}

const idsOf = (rows: ChangeRow[]) => rows.map(({ order_id }) => order_id);

const newPrice = ({ price, difference, currency }: ChangeRow) =>
  Money.of(price, currency).plus(Money.of(difference, currency));

const itemOf = (action: 'price_told' | 'price_changed', row: ChangeRow): BillingItem => ({
  action,
  customerId: row.customer_id,
  orderId: row.order_id,
  invoiceId: null,
});
