import type { Clock } from '../../platform/clock.ts';
import type { Transaction } from '../../platform/db/database.ts';

/** A paid order that waits for its server. */
export interface ToProvision {
  orderId: number;
  addressPoolId: number | null;
}

/**
 * How a paid order gets its server.
 * @returns the address it is in service with, or null while it waits
 */
export type Provisioner = (trx: Transaction, clock: Clock, order: ToProvision) => Promise<string | null>;

/** Days before a released address is reused. */
const QUARANTINE_DAYS = 7;

/** An address that was released by then is free again. */
export const restedSince = (clock: Clock): Date => new Date(clock.now().getTime() - QUARANTINE_DAYS * 86_400_000);

/** SQL, of `pool_addresses as a`: whether an order can have it. Binds `:restedSince`. */
export const FREE_ADDRESS = `a.order_id is null
         and (a.released_at is null or a.released_at <= :restedSince)
         and not exists (
           select
           from orders
           where ip = a.address
             and status <> 'cancelled'
         )`;

/**
 * Takes the next free address of the plan's pool; the row is locked, and others skip it, so that none is assigned
 * twice. An empty pool leaves the order waiting, where staff see it (rule O11).
 */
const fromAddressPool: Provisioner = async (trx, clock, { orderId, addressPoolId }) => {
  const { rows } = await trx.raw<{ rows: { address: string }[] }>(
    `update pool_addresses
     set order_id = :orderId, released_at = null
     where address = (
       select a.address
       from pool_addresses a
       where a.pool_id = :addressPoolId
         and ${FREE_ADDRESS}
       order by a.released_at nulls first, a.address
       limit 1
       for update skip locked
     )
     returning host(address) as address`,
    { orderId, addressPoolId, restedSince: restedSince(clock) },
  );
  return rows[0]?.address ?? null;
};

/** Staff set it up by hand and assign the address. */
const byHand: Provisioner = () => Promise.resolve(null);

export const provisionerOf = ({ addressPoolId }: ToProvision): Provisioner =>
  addressPoolId === null ? byHand : fromAddressPool;

/** Returns an order's address to its pool, where it is not reused at once. */
export async function releaseAddress(trx: Transaction, clock: Clock, orderId: number): Promise<void> {
  await trx('pool_addresses').where({ order_id: orderId }).update({ order_id: null, released_at: clock.now() });
}
