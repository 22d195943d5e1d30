import type { Clock } from '../../platform/clock.ts';
import type { Transaction } from '../../platform/db/database.ts';
import { AddressElsewhere, AddressTaken } from '../errors.ts';

/**
 * Gives an order the address that staff chose: a free one of a network, also one that is kept for them, or one of no
 * network at all. What was kept for the order before goes back unused. The caller holds the lock of addresses.
 * @throws {AddressTaken} when another order has it, or it is blocked @throws {AddressElsewhere}
 */
export async function takeGivenAddress(
  trx: Transaction,
  clock: Clock,
  { ip, orderId, former = null }: { ip: string; orderId: number; former?: string | null },
): Promise<void> {
  await assertSameLocation(trx, ip, orderId);
  const used = await trx('orders').where({ ip }).whereNot({ status: 'cancelled', id: orderId }).first('id');
  const row = await trx('network_addresses')
    .where({ address: ip })
    .forUpdate()
    .first<{ order_id: number | null; blocked_at: Date | null } | undefined>('order_id', 'blocked_at');
  const isAnothers = row !== undefined && row.order_id !== null && row.order_id !== orderId;
  if (used || isAnothers || (row?.blocked_at && row.order_id === null)) throw new AddressTaken({ ip });
  // One that was kept and never used need not rest.
  if (former === null)
    await trx('network_addresses')
      .where({ order_id: orderId })
      .whereNot({ address: ip })
      .whereRaw('family(address) = 4')
      .update({ order_id: null, released_at: null });
  else
    await trx('network_addresses')
      .where({ order_id: orderId, address: former })
      .update({ order_id: null, released_at: clock.now() });
  if (row) await trx('network_addresses').where({ address: ip }).update({ order_id: orderId, released_at: null });
  else
    await trx.raw(
      `insert into network_addresses (address, network_id, order_id)
       select cast(:ip as inet), n.id, :orderId
       from networks n
       where cast(:ip as inet) <<= n.cidr
         and family(n.cidr) = 4`,
      { ip, orderId },
    );
}

/** An address of no network may be anywhere. */
async function assertSameLocation(trx: Transaction, ip: string, orderId: number): Promise<void> {
  const { rows } = await trx.raw<{ rows: { cidr: string }[] }>(
    `select text(n.cidr) as cidr
     from networks n
     join orders o on o.id = :orderId
     where cast(:ip as inet) <<= n.cidr
       and n.location_id <> o.location_id`,
    { ip, orderId },
  );
  if (rows[0]) throw new AddressElsewhere({ ip, network: rows[0].cidr });
}
