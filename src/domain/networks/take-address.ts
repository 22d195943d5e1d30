import type { Clock } from '../../platform/clock.ts';
import type { Transaction } from '../../platform/db/database.ts';
import { addressOf, parseNetwork } from './ip-address.ts';

/** SQL, of `network_addresses as a` and `networks as n`: whether an order can have it. Binds `:now`. */
export const FREE_ADDRESS = `a.order_id is null
         and a.blocked_at is null
         and (a.released_at is null or a.released_at + make_interval(days => n.rest_days) <= :now)
         and not exists (
           select
           from orders
           where ip = a.address
             and status <> 'cancelled'
         )`;

/** SQL, of `networks as n`: whether orders get its addresses of IPv4 by themselves. */
export const GIVES_ADDRESSES = 'n.automatic and family(n.cidr) = 4';

/**
 * Takes the next free address of a location for an order; the row is locked, and others skip it, so that none is given
 * twice. Those that have rested longest come last.
 * @returns null where none is free
 */
export async function takeAddress(
  trx: Transaction,
  clock: Clock,
  { orderId, locationId }: { orderId: number; locationId: number },
): Promise<string | null> {
  const { rows } = await trx.raw<{ rows: { address: string }[] }>(
    `update network_addresses
     set order_id = :orderId, released_at = null
     where address = (
       select a.address
       from network_addresses a
       join networks n on n.id = a.network_id
       where n.location_id = :locationId
         and ${GIVES_ADDRESSES}
         and ${FREE_ADDRESS}
       order by a.released_at nulls first, a.address
       limit 1
       for update of a skip locked
     )
     returning host(address) as address`,
    { orderId, locationId, now: clock.now() },
  );
  return rows[0]?.address ?? null;
}

/**
 * Takes a /64 of a location for an order, where it has a network of IPv6: one that has rested, else the next that was
 * never given out.
 */
export async function takeSubnet(
  trx: Transaction,
  clock: Clock,
  { orderId, locationId }: { orderId: number; locationId: number },
): Promise<string | null> {
  const rested = await trx.raw<{ rows: { address: string }[] }>(
    `update network_addresses
     set order_id = :orderId, released_at = null
     where address = (
       select a.address
       from network_addresses a
       join networks n on n.id = a.network_id
       where n.location_id = :locationId
         and n.automatic
         and family(n.cidr) = 6
         and ${FREE_ADDRESS}
       order by a.released_at, a.address
       limit 1
       for update of a skip locked
     )
     returning text(address) as address`,
    { orderId, locationId, now: clock.now() },
  );
  return rested.rows[0]?.address ?? takeNewSubnet(trx, orderId, locationId);
}

const SUBNET_PREFIX = 64;

async function takeNewSubnet(trx: Transaction, orderId: number, locationId: number): Promise<string | null> {
  // The one before it has been counted by the time that the row is had.
  const networks = await trx('networks')
    .where({ location_id: locationId, automatic: true })
    .whereRaw('family(cidr) = 6')
    .orderBy('id')
    .forUpdate()
    .select<{ id: number; cidr: string; next_subnet: number }[]>('id', 'cidr', 'next_subnet');
  for (const { id, cidr, next_subnet } of networks) {
    const network = parseNetwork(cidr);
    const start = network && network.first + (BigInt(next_subnet) << 64n);
    if (!network || start === null || start > network.last) continue;
    const address = `${addressOf(start, 6)}/${SUBNET_PREFIX}`;
    await trx('networks')
      .where({ id })
      .update({ next_subnet: next_subnet + 1 });
    await trx('network_addresses').insert({ address, network_id: id, order_id: orderId });
    return address;
  }
  return null;
}

/**
 * Returns all that an order has to its networks.
 * @param used a server had them: they rest before somebody else gets them
 */
export async function releaseAddresses(
  trx: Transaction,
  clock: Clock,
  orderId: number,
  { used }: { used: boolean },
): Promise<void> {
  await trx('network_addresses')
    .where({ order_id: orderId })
    .update({ order_id: null, released_at: used ? clock.now() : null });
}
