import type { Transaction } from '../../platform/db/database.ts';
import { AlreadyPlaced, PlacedOrderCancelled } from '../errors.ts';
import type { NewOrder, PlacedOrder } from './new-order.ts';
import type { OrderStatus } from './order.ts';

/**
 * The order that the same form has placed before.
 * @throws {AlreadyPlaced} when the form was changed since: whether another order is meant is not clear
 * @throws {PlacedOrderCancelled}
 */
export async function findPlacedOrder(trx: Transaction, order: NewOrder): Promise<PlacedOrder | null> {
  if (!order.placementKey) return null;
  const row = await trx('orders as o')
    .join('plans as p', 'p.id', 'o.plan_id')
    .join('locations as s', 's.id', 'o.location_id')
    .join('invoice_lines as l', (join) => join.on('l.order_id', 'o.id').andOnVal('l.kind', 'new_order'))
    .join('invoices as i', 'i.id', 'l.invoice_id')
    .where({ 'o.customer_id': order.customerId, 'o.placement_key': order.placementKey })
    .first<
      | {
          order_id: number;
          status: OrderStatus;
          code: string;
          location: string;
          period_months: number;
          hostname: string;
          os: string;
          ssh_key: string;
          options: string[];
          id: number;
          number: string;
        }
      | undefined
    >(
      'o.id as order_id',
      'o.status',
      'p.code',
      's.code as location',
      'o.period_months',
      'o.hostname',
      'o.os',
      'o.ssh_key',
      'i.id',
      'i.number',
      trx.raw(
        `array(
           select n.code
           from order_options x
           join plan_options n on n.id = x.option_id
           where x.order_id = o.id
         ) as options`,
      ),
    );
  if (!row) return null;
  const same =
    row.code === order.plan &&
    (order.location === undefined || row.location === order.location) &&
    row.period_months === order.months &&
    row.hostname === order.hostname &&
    row.os === order.os &&
    row.ssh_key === (order.sshKey ?? '') &&
    row.options.toSorted().join() === [...new Set(order.options)].toSorted().join();
  if (!same) throw new AlreadyPlaced({ order: row.order_id });
  if (row.status === 'cancelled') throw new PlacedOrderCancelled({ order: row.order_id });
  return { orderId: row.order_id, invoice: { id: row.id, number: row.number }, isNew: false };
}
