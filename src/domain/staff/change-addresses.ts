import type { Clock } from '../../platform/clock.ts';
import { ADVISORY_LOCKS } from '../../platform/db/advisory-locks.ts';
import type { Db, Transaction } from '../../platform/db/database.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { AddressUnusable, NoFreeAddress, NotFound, OrderStateRefused } from '../errors.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { listFurtherAddresses } from '../networks/network-queries.ts';
import { takeGivenAddress } from '../networks/take-given-address.ts';
import { takeAddress, takeSubnet } from '../networks/take-address.ts';
import { enqueueMail } from '../notifications/enqueue-mail.ts';
import { type LockedOrder, lockOrder } from '../orders/lock-order.ts';
import { recordOrderEvent } from '../orders/record-order-event.ts';
import { isServerAddress } from './server-address.ts';

/** What is done to the addresses of an order in service. */
export type AddressChange =
  /** Its own address becomes another one; the former rests. */
  | { kind: 'replace'; ip: string }
  /** One more: that one, or where none is named the next free one of its location. */
  | { kind: 'add'; ip: string | null }
  /** One more /64. */
  | { kind: 'add_subnet' }
  /** One that it has besides its own goes back. */
  | { kind: 'remove'; ip: string };

/**
 * Staff change the addresses of a server; its customer is told all that it has now.
 * @throws {NotFound} @throws {OrderStateRefused} unless it is in service @throws {AddressUnusable} @throws {AddressTaken}
 * @throws {AddressElsewhere} @throws {NoFreeAddress}
 */
export async function changeOrderAddresses(
  db: Db,
  clock: Clock,
  { by, orderId, change, reason }: { by: number; orderId: number; change: AddressChange; reason: string },
): Promise<void> {
  await inTransaction(db, async (trx) => {
    await trx.raw('select pg_advisory_xact_lock(?)', [ADVISORY_LOCKS.addresses]);
    const owner = await trx('orders').where({ id: orderId }).first<{ customer_id: number } | undefined>('customer_id');
    if (!owner) throw new NotFound();
    const order = await lockOrder(trx, owner.customer_id, orderId);
    if (order.ip === null || order.status === 'cancelled')
      throw new OrderStateRefused({ order: orderId, status: order.status });
    const before = await addressesOf(trx, orderId);
    await apply(trx, clock, order, change);
    const ip = (await addressesOf(trx, orderId)).join(', ');
    const { customerId, plan, hostname } = order;
    await recordOrderEvent(trx, clock, { orderId, customerId, kind: 'addresses_changed', details: { ip }, userId: by });
    await enqueueMail(trx, clock, {
      customerId,
      kind: 'addresses_changed',
      data: { order: orderId, plan, hostname, ip },
    });
    await recordAudit(trx, clock, {
      userId: by,
      action: 'order.address_changed',
      subject: { type: 'order', id: String(orderId) },
      customerId,
      reason,
      details: { order: orderId, before: { ip: before.join(', ') }, after: { ip } },
    });
  });
}

async function apply(trx: Transaction, clock: Clock, order: LockedOrder, change: AddressChange): Promise<void> {
  const { id: orderId, locationId } = order;
  switch (change.kind) {
    case 'replace':
      if (!isServerAddress(change.ip)) throw new AddressUnusable({ ip: change.ip });
      await takeGivenAddress(trx, clock, { ip: change.ip, orderId, former: order.ip });
      await trx('orders').where({ id: orderId }).update({ ip: change.ip });
      return;
    case 'add':
      if (change.ip === null) {
        if ((await takeAddress(trx, clock, { orderId, locationId })) === null) throw new NoFreeAddress();
        return;
      }
      // It is of a network: only what a network has can be taken away again.
      if (!(await isOfNetwork(trx, change.ip))) throw new AddressUnusable({ ip: change.ip });
      return takeGivenAddress(trx, clock, { ip: change.ip, orderId, former: change.ip });
    case 'add_subnet':
      if ((await takeSubnet(trx, clock, { orderId, locationId })) === null) throw new NoFreeAddress();
      return;
    case 'remove': {
      const removed = await trx('network_addresses')
        .where({ order_id: orderId, address: change.ip })
        .whereNot({ address: order.ip })
        .update({ order_id: null, released_at: clock.now() });
      if (removed === 0) throw new NotFound();
    }
  }
}

async function isOfNetwork(trx: Transaction, ip: string): Promise<boolean> {
  const { rows } = await trx.raw<{ rows: unknown[] }>(
    'select from networks where cast(? as inet) <<= cidr and family(cidr) = 4',
    [ip],
  );
  return rows.length > 0;
}

async function addressesOf(trx: Transaction, orderId: number): Promise<string[]> {
  const { rows } = await trx.raw<{ rows: { ip: string | null }[] }>('select host(ip) as ip from orders where id = ?', [
    orderId,
  ]);
  return [...rows.flatMap(({ ip }) => ip ?? []), ...(await listFurtherAddresses(trx, orderId))];
}
