import type { Clock } from '../../platform/clock.ts';
import type { Transaction } from '../../platform/db/database.ts';
import type { Provisioning } from '../catalog/category.ts';
import { takeAddress, takeSubnet } from '../networks/take-address.ts';

/** A paid order that waits for its server. */
export interface ToProvision {
  orderId: number;
  locationId: number;
  provisioning: Provisioning;
}

/**
 * How a paid order gets its server.
 * @returns the address it is in service with, or null while it waits
 */
export type Provisioner = (trx: Transaction, clock: Clock, order: ToProvision) => Promise<string | null>;

/**
 * The address that was kept for the order when it was placed; where that is gone, the next free one. Without any the
 * order waits, where staff see it (rule O11).
 */
const fromNetwork: Provisioner = async (trx, clock, order) => {
  const { rows } = await trx.raw<{ rows: { address: string }[] }>(
    `select host(address) as address
     from network_addresses
     where order_id = ?
       and family(address) = 4
     order by address
     limit 1`,
    [order.orderId],
  );
  if (rows[0]) return rows[0].address;
  const address = await takeAddress(trx, clock, order);
  if (address !== null) await takeSubnet(trx, clock, order);
  return address;
};

/** Staff set it up by hand and assign the address. */
const byHand: Provisioner = () => Promise.resolve(null);

export const provisionerOf = ({ provisioning }: ToProvision): Provisioner =>
  provisioning === 'automatic' ? fromNetwork : byHand;
