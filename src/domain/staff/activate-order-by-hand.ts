import type { Clock } from '../../platform/clock.ts';
import { ADVISORY_LOCKS } from '../../platform/db/advisory-locks.ts';
import type { Db, Transaction } from '../../platform/db/database.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { AddressTaken, AddressUnusable, NotFound } from '../errors.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { activateOrder } from '../orders/activate-order.ts';
import { isServerAddress } from './server-address.ts';

/**
 * Staff put a waiting order into service with an address: one of their own, or a free one of a pool, which it then occupies.
 * @throws {NotFound} @throws {OrderStateRefused} @throws {AddressUnusable} @throws {AddressTaken}
 */
export async function activateOrderByHand(
  db: Db,
  clock: Clock,
  { orderId, ip, userId }: { orderId: number; ip: string; userId: number },
): Promise<void> {
  if (!isServerAddress(ip)) throw new AddressUnusable({ ip });
  await inTransaction(db, async (trx) => {
    await trx.raw('select pg_advisory_xact_lock(?)', [ADVISORY_LOCKS.addresses]);
    const order = await trx('orders').where({ id: orderId }).first<{ customer_id: number } | undefined>('customer_id');
    if (!order) throw new NotFound();
    await takeAddress(trx, ip, orderId);
    await activateOrder(trx, clock, { customerId: order.customer_id, orderId, ip, userId });
    await recordAudit(trx, clock, {
      userId,
      action: 'order.activated',
      subject: { type: 'order', id: String(orderId) },
      customerId: order.customer_id,
      details: { order: orderId, ip },
    });
  });
}

async function takeAddress(trx: Transaction, ip: string, orderId: number) {
  const used = await trx('orders').where({ ip }).whereNot({ status: 'cancelled' }).first('id');
  const pooled = await trx('pool_addresses')
    .where({ address: ip })
    .forUpdate()
    .first<{ order_id: number | null } | undefined>('order_id');
  if (used || (pooled && pooled.order_id !== null)) throw new AddressTaken({ ip });
  if (pooled) await trx('pool_addresses').where({ address: ip }).update({ order_id: orderId, released_at: null });
}
