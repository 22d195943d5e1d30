import type { Clock } from '../../platform/clock.ts';
import type { Transaction } from '../../platform/db/database.ts';
import { LocationSoldOut, PlanSoldOut } from '../errors.ts';
import type { OfferedLocation, OfferedPlan } from '../catalog/plan-list-queries.ts';
import { releaseAddresses, takeAddress, takeSubnet } from '../networks/take-address.ts';

/**
 * Keeps what a new order needs: one of its plan's stock, and where its location gives them, an address and a /64. Of
 * many at the same moment none takes more than there is.
 * @throws {PlanSoldOut} @throws {LocationSoldOut}
 */
export async function reserveFor(
  trx: Transaction,
  clock: Clock,
  orderId: number,
  { plan, location }: { plan: OfferedPlan; location: OfferedLocation },
): Promise<void> {
  if (await takeFromStock(trx, plan.id)) await trx('orders').where({ id: orderId }).update({ holds_stock: true });
  else if (await isLimited(trx, plan.id)) throw new PlanSoldOut({ plan: plan.name });
  if (!location.automatic) return;
  const order = { orderId, locationId: location.id };
  if ((await takeAddress(trx, clock, order)) === null) throw new LocationSoldOut({ plan: plan.name });
  await takeSubnet(trx, clock, order);
}

/** @returns whether one was taken: not of a plan that has no limit, nor of one that is sold out */
async function takeFromStock(trx: Transaction, planId: number): Promise<boolean> {
  const taken = await trx('plans').where({ id: planId }).where('stock', '>', 0).decrement('stock', 1);
  return taken > 0;
}

async function isLimited(trx: Transaction, planId: number): Promise<boolean> {
  const { stock } = await trx('plans').where({ id: planId }).first<{ stock: number | null }>('stock');
  return stock !== null;
}

/** Gives back what an order has kept. The order is locked by the caller. */
export async function releaseReserved(trx: Transaction, clock: Clock, orderId: number): Promise<void> {
  const order = await trx('orders')
    .where({ id: orderId })
    .first<{ plan_id: number; holds_stock: boolean; anchor_on: string | null }>('plan_id', 'holds_stock', 'anchor_on');
  if (order.holds_stock) {
    await trx('plans').where({ id: order.plan_id }).whereNotNull('stock').increment('stock', 1);
    await trx('orders').where({ id: orderId }).update({ holds_stock: false });
  }
  await releaseAddresses(trx, clock, orderId, { used: order.anchor_on !== null });
}

/**
 * Moves an order from the stock of one plan to that of another, the plan with the lower number first. A plan that has been
 * sold out since the change was invoiced is changed to all the same: it is paid for.
 */
export async function moveStock(
  trx: Transaction,
  orderId: number,
  { from, to }: { from: number; to: number },
): Promise<void> {
  await trx('plans').whereIn('id', [from, to]).orderBy('id').forUpdate().select('id');
  const { holds_stock } = await trx('orders').where({ id: orderId }).first<{ holds_stock: boolean }>('holds_stock');
  if (holds_stock) await trx('plans').where({ id: from }).whereNotNull('stock').increment('stock', 1);
  await trx('orders')
    .where({ id: orderId })
    .update({ holds_stock: await takeFromStock(trx, to) });
}
