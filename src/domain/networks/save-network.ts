import type { Clock } from '../../platform/clock.ts';
import { ADVISORY_LOCKS } from '../../platform/db/advisory-locks.ts';
import type { Db, Transaction } from '../../platform/db/database.ts';
import { insertRows } from '../../platform/db/insert-rows.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { changedValues } from '../audit/changed-values.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { NetworkInUse, NetworkOverlaps, NotFound } from '../errors.ts';
import { type AddressRange, addressesToGive, numberOf, type ParsedNetwork, parseNetwork } from './ip-address.ts';
import { getNetwork, type Network } from './network-queries.ts';

/** What staff change of a network that is there. */
export interface NetworkSettings {
  locationId: number;
  gateway: string | null;
  dns: string[];
  vlan: number | null;
  automatic: boolean;
  restDays: number;
  alarmBelow: number;
  note: string;
}

export interface NewNetwork extends NetworkSettings {
  network: ParsedNetwork;
  /** Given to nobody. */
  reserved: AddressRange[];
}

/** Adds networks, all or none. @throws {NetworkOverlaps} */
export async function createNetworks(
  db: Db,
  clock: Clock,
  { by, networks }: { by: number; networks: NewNetwork[] },
): Promise<number[]> {
  return inTransaction(db, async (trx) => {
    await trx.raw('select pg_advisory_xact_lock(?)', [ADVISORY_LOCKS.addresses]);
    const ids: number[] = [];
    for (const network of networks) ids.push(await insertNetwork(trx, clock, by, network));
    return ids;
  });
}

async function insertNetwork(trx: Transaction, clock: Clock, by: number, added: NewNetwork): Promise<number> {
  const { network, reserved, gateway } = added;
  const { rows } = await trx.raw<{ rows: { cidr: string }[] }>(
    'select text(cidr) as cidr from networks where cidr && cast(? as cidr) limit 1',
    [network.cidr],
  );
  if (rows[0]) throw new NetworkOverlaps({ network: network.cidr, other: rows[0].cidr });
  const [row] = await trx('networks')
    .insert({ cidr: network.cidr, ...toRow(added) })
    .returning<{ id: number }[]>('id');
  const id = row?.id as number;
  const addresses = addressesToGive(network, { gateway: gateway === null ? null : numberOf(gateway), reserved });
  await offerAddresses(trx, id, addresses);
  await recordAudit(trx, clock, {
    userId: by,
    action: 'network.created',
    subject: { type: 'network', id: network.cidr },
    details: { ...auditedValues(added), addresses: addresses.length },
  });
  return id;
}

/** Addresses that servers have already, which staff typed before there was the network, belong to their orders. */
async function offerAddresses(trx: Transaction, networkId: number, addresses: string[]): Promise<void> {
  await insertRows(
    trx,
    'network_addresses',
    { address: 'inet', network_id: 'bigint' },
    addresses.map((address) => ({ address, network_id: networkId })),
  );
  await trx.raw(
    `update network_addresses a
     set order_id = o.id
     from orders o
     where a.network_id = ?
       and a.order_id is null
       and o.ip = a.address
       and o.status <> 'cancelled'`,
    [networkId],
  );
}

/** Changes how a network is used; servers keep what they have. @throws {NotFound} */
export async function changeNetwork(
  db: Db,
  clock: Clock,
  { by, id, settings }: { by: number; id: number; settings: NetworkSettings },
): Promise<void> {
  await inTransaction(db, async (trx) => {
    const before = await lockNetwork(trx, clock, id);
    await trx('networks').where({ id }).update(toRow(settings));
    // A gateway is nobody's.
    if (settings.gateway !== null)
      await trx('network_addresses').where({ network_id: id, address: settings.gateway, order_id: null }).delete();
    const changed = changedValues(auditedValues(before), auditedValues(settings));
    if (!changed) return;
    await recordAudit(trx, clock, {
      userId: by,
      action: 'network.changed',
      subject: { type: 'network', id: before.cidr },
      details: { ...changed },
    });
  });
}

/** Takes a network away that no server uses. @throws {NotFound} @throws {NetworkInUse} */
export async function removeNetwork(db: Db, clock: Clock, { by, id }: { by: number; id: number }): Promise<void> {
  await inTransaction(db, async (trx) => {
    const { cidr } = await lockNetwork(trx, clock, id);
    await trx('network_addresses').where({ network_id: id }).forUpdate().select('address');
    if (await trx('network_addresses').where({ network_id: id }).whereNotNull('order_id').first('address'))
      throw new NetworkInUse({ network: cidr });
    await trx('network_addresses').where({ network_id: id }).delete();
    await trx('networks').where({ id }).delete();
    await recordAudit(trx, clock, { userId: by, action: 'network.removed', subject: { type: 'network', id: cidr } });
  });
}

/** What can be done to addresses of a network. */
export const ADDRESS_ACTIONS = ['reserve', 'offer', 'block', 'unblock'] as const;
export type AddressAction = (typeof ADDRESS_ACTIONS)[number];

/**
 * Keeps addresses from being given out, or takes that back: `reserve` and `offer` are for what staff use themselves,
 * `block` and `unblock` for addresses with a bad name. Servers keep what they have.
 * @param request.addresses of the network
 * @returns how many were changed
 * @throws {NotFound}
 */
export async function changeAddresses(
  db: Db,
  clock: Clock,
  {
    by,
    id,
    action,
    addresses,
    reason,
  }: { by: number; id: number; action: AddressAction; addresses: string[]; reason: string },
): Promise<number> {
  return inTransaction(db, async (trx) => {
    const network = await lockNetwork(trx, clock, id);
    const { cidr } = network;
    const changed = await changeThem(trx, clock, { network, action, addresses, reason });
    if (changed > 0)
      await recordAudit(trx, clock, {
        userId: by,
        action: 'network.addresses_changed',
        subject: { type: 'network', id: cidr },
        reason,
        details: {
          kind: action,
          addresses: addresses.length > 1 ? `${addresses[0]} – ${addresses.at(-1)}` : addresses[0],
        },
      });
    return changed;
  });
}

async function changeThem(
  trx: Transaction,
  clock: Clock,
  {
    network: { id, cidr, gateway },
    action,
    addresses,
    reason,
  }: { network: Network; action: AddressAction; addresses: string[]; reason: string },
): Promise<number> {
  const theirs = trx('network_addresses').where({ network_id: id }).whereIn('address', addresses);
  switch (action) {
    case 'reserve':
      // A blocked one stays known as blocked.
      return theirs.whereNull('order_id').whereNull('blocked_at').delete();
    case 'offer': {
      const known = await trx('network_addresses').whereIn('address', addresses).pluck<string[]>('address');
      const usable = new Set(usableIn(cidr, gateway));
      const added = addresses.filter((address) => usable.has(address) && !known.includes(address));
      await offerAddresses(trx, id, added);
      return added.length;
    }
    case 'block':
      return theirs.whereNull('blocked_at').update({ blocked_at: clock.now(), block_reason: reason });
    case 'unblock':
      return theirs.whereNotNull('blocked_at').update({ blocked_at: null, block_reason: '' });
  }
}

/** What servers can have of a network: an IPv6 network hands out subnets of its own accord. */
function usableIn(cidr: string, gateway: string | null): string[] {
  const network = parseNetwork(cidr);
  return network
    ? addressesToGive(network, { gateway: gateway === null ? null : numberOf(gateway), reserved: [] })
    : [];
}

async function lockNetwork(trx: Transaction, clock: Clock, id: number): Promise<Network> {
  if (!(await trx('networks').where({ id }).forUpdate().first('id'))) throw new NotFound();
  return getNetwork(trx, clock, id);
}

const toRow = ({ locationId, gateway, dns, vlan, automatic, restDays, alarmBelow, note }: NetworkSettings) => ({
  location_id: locationId,
  gateway,
  dns,
  vlan,
  automatic,
  rest_days: restDays,
  alarm_below: alarmBelow,
  note,
});

const auditedValues = ({ gateway, dns, vlan, automatic, restDays, alarmBelow, locationId }: NetworkSettings) => ({
  location: locationId,
  gateway,
  dns: dns.join(', '),
  vlan,
  automatic,
  rest_days: restDays,
  alarm_below: alarmBelow,
});
