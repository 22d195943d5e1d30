import type { Clock } from '../../platform/clock.ts';
import { ADVISORY_LOCKS } from '../../platform/db/advisory-locks.ts';
import type { Db } from '../../platform/db/database.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { AddressUnusable, NotFound } from '../errors.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { activateOrder } from '../orders/activate-order.ts';
import { takeGivenAddress } from '../networks/take-given-address.ts';
import { isServerAddress } from './server-address.ts';

/**
 * Staff put a waiting order into service with an address: one of their own, or a free one of a network, which it then occupies.
 * @throws {NotFound} @throws {OrderStateRefused} @throws {AddressUnusable} @throws {AddressTaken} @throws {AddressElsewhere}
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
    await takeGivenAddress(trx, clock, { ip, orderId });
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
