import { addDays, type Clock, type Day } from '../../platform/clock.ts';
import type { Db, Transaction } from '../../platform/db/database.ts';
import { insertRows } from '../../platform/db/insert-rows.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { enqueueMails, type NewMail } from '../notifications/enqueue-mail.ts';
import { Money } from '../money/money.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { NoPriceChanged, NotFound, PriceChangeWaits, SomethingChanged } from '../errors.ts';
import {
  findWaitingChange,
  getPriceMatrix,
  listAffectedOrders,
  listPriceChanges,
  type OrderAtListPrice,
} from './price-change-queries.ts';
import { type CellChange, cellKey, changedCells, type MatrixCell, type PriceMatrix, SETUP } from './price-matrix.ts';

export interface NewPrices {
  by: number;
  planId: number;
  /** The cells of the form; others are left as they are. */
  cells: MatrixCell[];
  prices: PriceMatrix;
  /** Today or later. */
  validFrom: Day;
  /** Whether orders that run at the list price follow; null: they keep their price. */
  running: { noticeDays: number } | null;
  /** The last version that the form was made from. */
  version: number;
}

/** The first day from which running orders can follow: their customers are told before. */
export const firstDayForRunning = (today: Day, noticeDays: number): Day => addDays(today, noticeDays);

/**
 * Saves prices of a plan, valid from a day on. Invoices that were issued stay, and so do the prices of running orders
 * unless `running` says otherwise.
 * @returns the number of orders that follow
 * @throws {NotFound} @throws {NoPriceChanged} @throws {PriceChangeWaits} @throws {SomethingChanged} when other prices were
 *   saved meanwhile
 */
export async function savePrices(db: Db, clock: Clock, request: NewPrices): Promise<number> {
  const { planId, validFrom, running, by } = request;
  return inTransaction(db, async (trx) => {
    const plan = await trx('plans').where({ id: planId }).forUpdate().first<{ code: string } | undefined>('code');
    if (!plan) throw new NotFound();
    const saved = await listPriceChanges(trx, planId);
    if ((saved[0]?.version ?? 0) !== request.version) throw new SomethingChanged();
    const waiting = findWaitingChange(saved, clock.today());
    if (waiting) throw new PriceChangeWaits({ day: waiting.validFrom });
    const changes = changedCells(request.cells, await getPriceMatrix(trx, planId, validFrom), request.prices);
    if (changes.length === 0) throw new NoPriceChanged();
    const [change] = await trx('price_changes')
      .insert({
        plan_id: planId,
        version: request.version + 1,
        valid_from: validFrom,
        for_running: running !== null,
        notice_days: running?.noticeDays ?? 0,
        saved_by: by,
        saved_at: clock.now(),
      })
      .returning<{ id: number }[]>('id');
    const changeId = change?.id as number;
    await writePrices(trx, { planId, changeId, validFrom, changes });
    const following = running ? (await listAffectedOrders(trx, planId, changes)).atListPrice : [];
    await followLater(trx, changeId, following);
    await recordAudit(trx, clock, {
      userId: by,
      action: 'plan.prices_changed',
      subject: { type: 'plan', id: plan.code },
      details: {
        valid_from: validFrom,
        running: following.length,
        before: auditedPrices(changes, 'before'),
        after: auditedPrices(changes, 'after'),
      },
    });
    return following.length;
  });
}

async function writePrices(
  trx: Transaction,
  { planId, changeId, validFrom, changes }: { planId: number; changeId: number; validFrom: Day; changes: CellChange[] },
) {
  for (const { row, currency, after } of changes) {
    const key = { plan_id: planId, currency, valid_from: validFrom };
    const amount = after?.toDatabase() ?? null;
    if (row === SETUP)
      await trx('plan_setup_fees')
        .insert({ ...key, fee: amount, change_id: changeId })
        .onConflict(['plan_id', 'currency', 'valid_from'])
        .merge();
    else
      await trx('plan_prices')
        .insert({ ...key, months: row, price: amount, change_id: changeId })
        .onConflict(['plan_id', 'currency', 'months', 'valid_from'])
        .merge();
  }
}

async function followLater(trx: Transaction, changeId: number, orders: OrderAtListPrice[]) {
  // One that has not been changed yet gives way to this one.
  await trx('order_price_changes')
    .whereIn(
      'order_id',
      orders.map(({ orderId }) => orderId),
    )
    .where({ applied_on: null, dropped_on: null })
    .update({ dropped_on: trx.raw('coalesce(told_on, current_date)') });
  await insertRows(
    trx,
    'order_price_changes',
    {
      change_id: 'bigint',
      order_id: 'bigint',
      customer_id: 'bigint',
      months: 'smallint',
      currency: 'text',
      price_before: 'numeric',
      price_after: 'numeric',
    },
    orders.map(({ orderId, customerId, months, currency, before, after }) => ({
      change_id: changeId,
      order_id: orderId,
      customer_id: customerId,
      months,
      currency,
      price_before: before.toDatabase(),
      price_after: after.toDatabase(),
    })),
  );
}

const auditedPrices = (changes: CellChange[], side: 'before' | 'after') =>
  Object.fromEntries(changes.map((change) => [cellKey(change).replace('_', ' '), change[side]?.toDatabase() ?? null]));

/**
 * Takes back prices that are to come. Customers who were told of them are written to again.
 * @throws {NotFound} when they are in force, or were withdrawn
 */
export async function withdrawPrices(
  db: Db,
  clock: Clock,
  { by, planId, changeId }: { by: number; planId: number; changeId: number },
): Promise<void> {
  await inTransaction(db, async (trx) => {
    const plan = await trx('plans').where({ id: planId }).forUpdate().first<{ code: string } | undefined>('code');
    const changes = await listPriceChanges(trx, planId);
    const change = findWaitingChange(changes, clock.today());
    if (!plan || change?.id !== changeId) throw new NotFound();
    await trx('plan_prices').where({ change_id: changeId }).delete();
    await trx('plan_setup_fees').where({ change_id: changeId }).delete();
    // Whoever is being told at this moment has been told when this is done.
    const dropped = await trx('order_price_changes')
      .where({ change_id: changeId, applied_on: null, dropped_on: null })
      .update({ dropped_on: clock.today() })
      .returning<{ order_id: number; told_on: Day | null }[]>(['order_id', 'told_on']);
    const told = dropped.filter(({ told_on }) => told_on !== null).map(({ order_id }) => order_id);
    await enqueueMails(trx, clock, pricesStay(await listTold(trx, changeId, told), change.validFrom));
    await trx('price_changes').where({ id: changeId }).update({ withdrawn_at: clock.now() });
    await recordAudit(trx, clock, {
      userId: by,
      action: 'plan.prices_withdrawn',
      subject: { type: 'plan', id: plan.code },
      details: { valid_from: change.validFrom },
    });
  });
}

interface ToldRow {
  id: number;
  customer_id: number;
  plan: string;
  hostname: string;
  months: number;
  price: string;
  currency: string;
}

/** The orders whose customers were told of a change. */
async function listTold(trx: Transaction, changeId: number, orders: number[]): Promise<ToldRow[]> {
  return trx('order_price_changes as p')
    .join('orders as o', 'o.id', 'p.order_id')
    .join('plans as t', 't.id', 'o.plan_id')
    .where('p.change_id', changeId)
    .whereIn('p.order_id', orders)
    .orderBy('o.id')
    .select<ToldRow[]>('o.id', 'o.customer_id', 't.name as plan', 'o.hostname', 'p.months', 'o.price', 'o.currency');
}

/** One message for each customer. */
function pricesStay(told: ToldRow[], from: Day): NewMail[] {
  const customers = [...new Set(told.map(({ customer_id }) => customer_id))];
  return customers.map((customerId) => ({
    customerId,
    kind: 'price_stays',
    data: {
      from,
      prices: told
        .filter(({ customer_id }) => customer_id === customerId)
        .map(({ id, plan, hostname, months, price, currency }) => {
          const stays = Money.of(price, currency);
          return { id, plan, hostname, months, before: stays, after: stays };
        }),
    },
  }));
}
