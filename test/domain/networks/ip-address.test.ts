import { describe, expect, it } from 'vitest';
import {
  addressesToGive,
  addressOf,
  numberOf,
  type ParsedNetwork,
  parseNetwork,
  parseRanges,
} from '../../../src/domain/networks/ip-address.ts';

const network = (cidr: string) => parseNetwork(cidr) as ParsedNetwork;

describe('a network as it is typed (b23)', () => {
  it.each(['185.22.60.0/24', '10.0.0.0/18', '192.0.2.8/32', '2a0c:5a00:41::/48', '2a0c::/32'])('%s is one', (cidr) => {
    expect(parseNetwork(cidr)?.cidr).toBe(cidr);
  });

  it.each([
    '185.22.60.1/24',
    '10.0.0.0/8',
    '185.22.60/24',
    '185.22.60.0',
    '2a0c::/64',
    '::1/48',
    'x/24',
    '1.2.3.4/33',
    '',
  ])('%s is none, or none to give out', (cidr) => {
    expect(parseNetwork(cidr)).toBeNull();
  });

  it('gives all but its first, its last, its gateway and what is reserved', () => {
    const small = network('192.0.2.0/29');
    const reserved = parseRanges('192.0.2.2-192.0.2.3', small) ?? [];
    expect(addressesToGive(small, { gateway: numberOf('192.0.2.1'), reserved })).toEqual([
      '192.0.2.4',
      '192.0.2.5',
      '192.0.2.6',
    ]);
    expect(addressesToGive(network('192.0.2.8/31'), { gateway: null, reserved: [] })).toHaveLength(2);
    expect(addressesToGive(network('2a0c::/48'), { gateway: null, reserved: [] })).toEqual([]);
  });

  it.each(['192.0.2.9', '192.0.2.3-192.0.2.2', '192.0.2.1-', 'all'])('has no range %s', (typed) => {
    expect(parseRanges(typed, network('192.0.2.0/29'))).toBeNull();
  });

  it('reads and writes addresses of both kinds', () => {
    for (const address of ['0.0.0.1', '185.22.60.255']) expect(addressOf(numberOf(address) ?? 0n, 4)).toBe(address);
    for (const address of ['::1', '2a0c:5a00:41:1::']) expect(addressOf(numberOf(address) ?? 0n, 6)).toBe(address);
    expect(numberOf('10.1')).toBeNull();
  });
});
