import { parse } from 'csv-parse/sync';
import { NetworkFileRefused } from '../errors.ts';
import { numberOf, parseNetwork, parseRanges } from './ip-address.ts';
import type { NewNetwork } from './save-network.ts';

/** The columns of a file of networks; all but the first two may be empty or left out. */
const NETWORK_COLUMNS = ['network', 'location', 'gateway', 'dns', 'vlan', 'reserved', 'note'] as const;

/** Larger ones are cut in parts. */
const MOST_LINES = 500;

/** Why a line is refused: each is a sentence in `errors.network_file.<reason>`. */
export type NetworkFileFault =
  | 'unreadable'
  | 'columns'
  | 'too_long'
  | 'empty'
  | 'network'
  | 'location'
  | 'gateway'
  | 'dns'
  | 'vlan'
  | 'reserved'
  | 'note';

type Row = Partial<Record<(typeof NETWORK_COLUMNS)[number], string>>;

/**
 * Reads a CSV file of networks, in UTF-8 with a line of column names; commas or semicolons stand between its fields.
 * @param locations by their codes
 * @throws {NetworkFileRefused} naming the line
 */
export function readNetworkFile(content: Buffer, locations: ReadonlyMap<string, number>): NewNetwork[] {
  const rows = rowsOf(content);
  if (rows.length === 0) throw refused(1, 'empty');
  if (rows.length > MOST_LINES) throw refused(MOST_LINES + 2, 'too_long');
  // The names of the columns are the first line.
  return rows.map((row, index) => networkOf(row, index + 2, locations));
}

function rowsOf(content: Buffer): Row[] {
  try {
    return parse(content, {
      bom: true,
      columns: (names: string[]) => {
        const known = names.map((name) => name.trim().toLowerCase());
        if (!known.includes('network') || !known.includes('location')) throw refused(1, 'columns');
        return known;
      },
      delimiter: [',', ';'],
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    }) as Row[];
  } catch (error) {
    if (error instanceof NetworkFileRefused) throw error;
    const { lines } = error as { lines?: number };
    throw refused(lines ?? 1, 'unreadable');
  }
}

const refused = (line: number, reason: NetworkFileFault, detail = '') =>
  new NetworkFileRefused({ line, reason, detail: detail.slice(0, 60) });

function networkOf(row: Row, line: number, locations: ReadonlyMap<string, number>): NewNetwork {
  const { network: typed = '', location = '', gateway = '', dns = '', vlan = '', reserved = '', note = '' } = row;
  const network = parseNetwork(typed);
  if (!network) throw refused(line, 'network', typed);
  const locationId = locations.get(location);
  if (locationId === undefined) throw refused(line, 'location', location);
  const at = gateway === '' ? null : numberOf(gateway);
  if (gateway !== '' && (at === null || at < network.first || at > network.last))
    throw refused(line, 'gateway', gateway);
  const servers = dns.split(/\s+/).filter(Boolean);
  if (servers.some((server) => numberOf(server) === null)) throw refused(line, 'dns', dns);
  if (vlan !== '' && !(/^\d{1,4}$/.test(vlan) && Number(vlan) >= 1 && Number(vlan) <= 4094))
    throw refused(line, 'vlan', vlan);
  const ranges = parseRanges(reserved, network);
  if (!ranges) throw refused(line, 'reserved', reserved);
  if (note.length > 500) throw refused(line, 'note');
  return {
    network,
    locationId,
    gateway: gateway || null,
    dns: servers,
    vlan: vlan === '' ? null : Number(vlan),
    automatic: true,
    restDays: 7,
    alarmBelow: 0,
    note,
    reserved: ranges,
  };
}
