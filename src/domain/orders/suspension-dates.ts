import { addDays, type Day } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import type { InvoiceDetails } from '../invoices/invoice-queries.ts';
import { loadCatalog } from '../catalog/category-queries.ts';
import { cancellationDay, suspensionDay } from './billing-terms.ts';

export interface Suspension {
  orderId: number;
  /** Null once it is suspended. */
  suspendedOn: Day | null;
  cancelledOn: Day;
}

/**
 * When the orders that an open renewal is for are suspended and cancelled, unless it is paid (rule B4); not those that
 * end with their period.
 */
export async function listSuspensions(db: Db, { lines }: Pick<InvoiceDetails, 'lines'>): Promise<Suspension[]> {
  const renewals = lines.flatMap(({ kind, orderId, periodFrom }) =>
    kind === 'renewal' && orderId !== null && periodFrom !== null ? [{ orderId, periodFrom }] : [],
  );
  const catalog = await loadCatalog(db);
  const orders = await db('orders as o')
    .join('plans as p', 'p.id', 'o.plan_id')
    .whereIn(
      'o.id',
      renewals.map(({ orderId }) => orderId),
    )
    .where({ 'o.ends_at_period': false })
    .select<{ id: number; category: string; status: string; suspended_on: Day | null }[]>(
      'o.id',
      'p.category',
      'o.status',
      'o.suspended_on',
    );
  const byId = new Map(orders.map((order) => [order.id, order]));
  return renewals.flatMap(({ orderId, periodFrom }) => {
    const order = byId.get(orderId);
    if (order === undefined) return [];
    const paidUntil = addDays(periodFrom, -1);
    return [
      {
        orderId,
        suspendedOn: order.status === 'suspended' ? null : suspensionDay(paidUntil, catalog.get(order.category)),
        cancelledOn: cancellationDay(paidUntil, catalog.get(order.category), order.suspended_on),
      },
    ];
  });
}
