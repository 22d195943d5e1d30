import { isIP } from 'node:net';

/**
 * What counts as one place: an IPv4 address, also when it is written as IPv6 (`::ffff:192.0.2.1`), or a /64
 * of IPv6, which is what one customer of a network has.
 */
export function placeOf(address: string): string {
  const bare = address.split('%', 1)[0] ?? '';
  if (isIP(bare) !== 6) return bare;
  const groups = groupsOf(bare);
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff)
    return groups
      .slice(6)
      .flatMap((group) => [group >> 8, group & 255])
      .join('.');
  return network(groups, 4);
}

/** A whole neighbourhood: a /24 of IPv4, a /48 of IPv6. */
export function neighbourhoodOf(address: string): string {
  const place = placeOf(address);
  if (isIP(place) === 4) return `${place.split('.').slice(0, 3).join('.')}.0/24`;
  return place.endsWith('/64') ? network(groupsOf(place.slice(0, -'/64'.length)), 3) : place;
}

/** The network of the first groups of an IPv6 address, of 16 bits each. */
const network = (groups: number[], length: number) =>
  `${groups
    .slice(0, length)
    .map((group) => group.toString(16))
    .join(':')}::/${length * 16}`;

/** The eight groups of an IPv6 address; the URL parser writes it in its one canonical way first. */
function groupsOf(address: string): number[] {
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = [], tail = []] = canonical.split('::').map((half) =>
    half
      .split(':')
      .filter(Boolean)
      .map((group) => Number.parseInt(group, 16)),
  );
  return [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => 0), ...tail];
}
