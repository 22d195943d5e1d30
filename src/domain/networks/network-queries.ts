import type { Clock } from '../../platform/clock.ts';
import type { Db, Transaction } from '../../platform/db/database.ts';
import { NotFound } from '../errors.ts';
import type { Names } from '../../platform/i18n/names.ts';
import { FREE_ADDRESS, GIVES_ADDRESSES } from './take-address.ts';

export interface Network {
  id: number;
  cidr: string;
  family: 4 | 6;
  prefix: number;
  locationId: number;
  location: Names;
  gateway: string | null;
  dns: string[];
  vlan: number | null;
  automatic: boolean;
  restDays: number;
  alarmBelow: number;
  note: string;
  /** All that it is made of: addresses, or /64s. */
  size: number;
  used: number;
  resting: number;
  blocked: number;
  free: number;
  /** What is given to nobody: the network's own, its gateway, and what staff keep. */
  reserved: number;
}

interface NetworkRow {
  id: number;
  cidr: string;
  family: 4 | 6;
  prefix: number;
  location_id: number;
  location: Names;
  gateway: string | null;
  dns: string[];
  vlan: number | null;
  automatic: boolean;
  rest_days: number;
  alarm_below: number;
  note: string;
  next_subnet: number;
  used: number;
  resting: number;
  blocked: number;
  free: number;
}

/** All networks with how much of them is used, by location. */
export async function listNetworks(db: Db | Transaction, clock: Clock, only?: number): Promise<Network[]> {
  const { rows } = await db.raw<{ rows: NetworkRow[] }>(
    `select n.id, text(n.cidr) as cidr, family(n.cidr) as family, masklen(n.cidr) as prefix, n.location_id,
       l.names as location, host(n.gateway) as gateway, array(select host(d) from unnest(n.dns) d) as dns, n.vlan,
       n.automatic, n.rest_days, n.alarm_below, n.note, n.next_subnet, c.used, c.resting, c.blocked, c.free
     from networks n
     join locations l on l.id = n.location_id
     cross join lateral (
       select count(*) filter (where a.order_id is not null)::int as used,
         count(*) filter (where a.order_id is null and a.blocked_at is not null)::int as blocked,
         count(*) filter (where ${FREE_ADDRESS})::int as free,
         count(*) filter (where a.order_id is null and a.blocked_at is null and not (${FREE_ADDRESS}))::int as resting
       from network_addresses a
       where a.network_id = n.id
     ) c
     where (:only::bigint is null or n.id = :only)
     order by l.names ->> 'en', family(n.cidr), n.cidr`,
    { now: clock.now(), only: only ?? null },
  );
  return rows.map(toNetwork);
}

function toNetwork({ location_id, rest_days, alarm_below, next_subnet, ...row }: NetworkRow): Network {
  const isV4 = row.family === 4;
  const size = isV4 ? 2 ** (32 - row.prefix) : 2 ** (64 - row.prefix);
  // Of IPv6 most have never been given out; the first is the provider's own.
  const free = isV4 ? row.free : row.free + Math.max(0, size - next_subnet);
  return {
    ...row,
    free,
    locationId: location_id,
    restDays: rest_days,
    alarmBelow: alarm_below,
    size,
    reserved: size - row.used - row.resting - row.blocked - free,
  };
}

/** @throws {NotFound} */
export async function getNetwork(db: Db | Transaction, clock: Clock, id: number): Promise<Network> {
  const [network] = await listNetworks(db, clock, id);
  if (!network) throw new NotFound();
  return network;
}

export const ADDRESS_STATES = ['used', 'free', 'resting', 'blocked'] as const;
export type AddressState = (typeof ADDRESS_STATES)[number];

export interface NetworkAddress {
  address: string;
  state: AddressState;
  orderId: number | null;
  customerId: number | null;
  hostname: string;
  /** Of one that rests. */
  releasedAt: Date | null;
  blockReason: string;
}

/** The addresses of a network that are given out or can be, in their order. */
export async function listAddresses(
  db: Db,
  clock: Clock,
  { networkId, state }: { networkId: number; state?: AddressState | undefined },
  { limit, offset }: { limit: number; offset: number },
): Promise<{ items: NetworkAddress[]; total: number }> {
  const { rows } = await db.raw<{
    rows: {
      address: string;
      state: AddressState;
      order_id: number | null;
      customer_id: number | null;
      hostname: string | null;
      released_at: Date | null;
      block_reason: string;
      total: number;
    }[];
  }>(
    `select case masklen(s.address) when 32 then host(s.address) else text(s.address) end as address, s.state, s.order_id,
       o.customer_id, o.hostname, s.released_at, s.block_reason, s.total
     from (
       select *, count(*) over ()::int as total
       from (
         select a.address, a.order_id, a.released_at, a.block_reason,
           case
             when a.order_id is not null then 'used'
             when a.blocked_at is not null then 'blocked'
             when ${FREE_ADDRESS} then 'free'
             else 'resting'
           end as state
         from network_addresses a
         join networks n on n.id = a.network_id
         where n.id = :networkId
       ) all_of_them
       where (:state::text is null or state = :state)
       order by address
       limit :limit offset :offset
     ) s
     left join orders o on o.id = s.order_id
     order by s.address`,
    { now: clock.now(), networkId, state: state ?? null, limit, offset },
  );
  return {
    total: rows[0]?.total ?? 0,
    items: rows.map((row) => ({
      address: row.address,
      state: row.state,
      orderId: row.order_id,
      customerId: row.customer_id,
      hostname: row.hostname ?? '',
      releasedAt: row.released_at,
      blockReason: row.block_reason,
    })),
  };
}

/** What an order has besides its own address: more addresses, and the /64 of IPv6. */
export async function listFurtherAddresses(db: Db | Transaction, orderId: number): Promise<string[]> {
  const { rows } = await db.raw<{ rows: { address: string }[] }>(
    `select case when masklen(a.address) = 32 then host(a.address) else text(a.address) end as address
     from network_addresses a
     join orders o on o.id = a.order_id
     where a.order_id = ?
       and a.address is distinct from o.ip
     order by a.address`,
    [orderId],
  );
  return rows.map(({ address }) => address);
}

/**
 * Of the locations in which orders get an address by themselves, by their ids, how many are free; others are not in it.
 */
export async function countFreeAddresses(db: Db | Transaction, clock: Clock): Promise<Map<number, number>> {
  const { rows } = await db.raw<{ rows: { id: number; free: number }[] }>(
    `select n.location_id as id, count(a.address) filter (where ${FREE_ADDRESS})::int as free
     from networks n
     left join network_addresses a on a.network_id = n.id
     where ${GIVES_ADDRESSES}
     group by n.location_id`,
    { now: clock.now() },
  );
  return new Map(rows.map(({ id, free }) => [id, free]));
}

/** Networks with fewer free addresses than they should have. */
export const isAlarming = ({ alarmBelow, free }: Pick<Network, 'alarmBelow' | 'free'>): boolean => free < alarmBelow;

/** An address within a network, with how it is used; null: it is given to nobody. */
export interface FoundAddress {
  address: string;
  networkId: number;
  cidr: string;
  location: Names;
  state: AddressState | null;
}

/** The network that an address is of, if any. */
export async function findAddress(db: Db, clock: Clock, ip: string): Promise<FoundAddress[]> {
  const { rows } = await db.raw<{ rows: FoundAddress[] }>(
    `select host(cast(:ip as inet)) as address, n.id as "networkId", text(n.cidr) as cidr, l.names as location,
       case
         when a.address is null then null
         when a.order_id is not null then 'used'
         when a.blocked_at is not null then 'blocked'
         when ${FREE_ADDRESS} then 'free'
         else 'resting'
       end as state
     from networks n
     join locations l on l.id = n.location_id
     left join network_addresses a on a.network_id = n.id and a.address >>= cast(:ip as inet)
     where cast(:ip as inet) <<= n.cidr`,
    { ip, now: clock.now() },
  );
  return rows;
}
