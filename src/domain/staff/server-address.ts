import { BlockList, isIPv6 } from 'node:net';

/** What no server can have as its own: this host, loopback, link-local, multicast, reserved and broadcast. */
const UNUSABLE_4 = subnets('ipv4', [
  ['0.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
]);
/**
 * The same, and IPv4 addresses in the notation of IPv6 (`::1.2.3.4`, `::ffff:1.2.3.4`), which are written as they are.
 */
const UNUSABLE_6 = subnets('ipv6', [
  ['::', 96],
  ['::ffff:0:0', 96],
  ['fe80::', 10],
  ['ff00::', 8],
]);

function subnets(family: 'ipv4' | 'ipv6', networks: [network: string, prefix: number][]): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of networks) list.addSubnet(network, prefix, family);
  return list;
}

/** Whether a server can have this IP address: a public or a private one of a single machine. */
export function isServerAddress(ip: string): boolean {
  return isIPv6(ip) ? !UNUSABLE_6.check(ip, 'ipv6') : !UNUSABLE_4.check(ip, 'ipv4');
}
