import ipaddr from 'ipaddr.js';

/** A network as it was typed, "185.22.60.0/24". */
export interface ParsedNetwork {
  cidr: string;
  family: 4 | 6;
  prefix: number;
  first: bigint;
  last: bigint;
}

/** Networks of IPv4 with more addresses than this are entered in parts: each address is a row. */
const LARGEST_IPV4 = 18;

/** Null for what is no network, is not written by its first address, or is too large or too small to give out. */
export function parseNetwork(typed: string): ParsedNetwork | null {
  if (!ipaddr.isValidCIDR(typed)) return null;
  const [address, prefix] = ipaddr.parseCIDR(typed);
  const family = address.kind() === 'ipv4' ? 4 : 6;
  if (family === 4 ? prefix < LARGEST_IPV4 : prefix < 16 || prefix > 63) return null;
  const bits = family === 4 ? 32 : 128;
  const first = numberOf(typed.split('/')[0] ?? '');
  if (first === null) return null;
  const size = 1n << BigInt(bits - prefix);
  if (first % size !== 0n) return null;
  return { cidr: `${addressOf(first, family)}/${prefix}`, family, prefix, first, last: first + size - 1n };
}

/** An address as a number; null for what is none. */
export function numberOf(typed: string): bigint | null {
  // Shorter forms, as 10.1 for 10.0.0.1, are more likely a mistake.
  if (!ipaddr.isValid(typed) || (!typed.includes(':') && !ipaddr.IPv4.isValidFourPartDecimal(typed))) return null;
  return ipaddr
    .parse(typed)
    .toByteArray()
    .reduce((number, byte) => number * 256n + BigInt(byte), 0n);
}

/** A number as the address that people write. */
export function addressOf(number: bigint, family: 4 | 6): string {
  const length = family === 4 ? 4 : 16;
  const bytes = Array.from({ length }, (_, index) => Number((number >> BigInt(8 * (length - 1 - index))) & 255n));
  return ipaddr.fromByteArray(bytes).toString();
}

/** Addresses from one to another, both included. */
export interface AddressRange {
  first: bigint;
  last: bigint;
}

/** Ranges as they are typed, "185.22.60.1-185.22.60.9, 185.22.60.250"; null where one is not within the network. */
export function parseRanges(typed: string, network: ParsedNetwork): AddressRange[] | null {
  const ranges = typed
    .split(/[\s,;]+/)
    .filter(Boolean)
    .map((part) => {
      const [from = '', to = from] = part.split(/[-–]/);
      return { first: numberOf(from), last: numberOf(to) };
    });
  const isWithin = (range: { first: bigint | null; last: bigint | null }): range is AddressRange =>
    range.first !== null &&
    range.last !== null &&
    range.first <= range.last &&
    range.first >= network.first &&
    range.last <= network.last;
  return ranges.every(isWithin) ? ranges : null;
}

/**
 * The addresses of a network of IPv4 that can be given out: without those that are reserved, its gateway, and, where it
 * has more than two, its first and its last, which are the network's own.
 */
export function addressesToGive(
  { first, last, family, prefix }: ParsedNetwork,
  { gateway, reserved }: { gateway: bigint | null; reserved: AddressRange[] },
): string[] {
  if (family === 6) return [];
  const [from, to] = prefix >= 31 ? [first, last] : [first + 1n, last - 1n];
  const addresses: string[] = [];
  for (let number = from; number <= to; number += 1n) {
    if (number === gateway || reserved.some((range) => number >= range.first && number <= range.last)) continue;
    addresses.push(addressOf(number, family));
  }
  return addresses;
}
