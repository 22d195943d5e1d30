import type { Translate } from '../../platform/i18n/i18n.ts';
import type { Location } from '../../domain/catalog/plan.ts';
import { numberOf, parseNetwork, parseRanges, type ParsedNetwork } from '../../domain/networks/ip-address.ts';
import type { Network } from '../../domain/networks/network-queries.ts';
import type { NetworkSettings, NewNetwork } from '../../domain/networks/save-network.ts';
import {
  type FieldReader,
  lineField,
  optional,
  readForm,
  type ShownField,
  shownFields,
  tickField,
  type TypedForm,
  untouched,
  wholeField,
} from '../../web/typed-form.ts';

export type NetworkField =
  'network' | 'location' | 'gateway' | 'dns' | 'vlan' | 'reserved' | 'automatic' | 'rest_days' | 'alarm_below' | 'note';

/** A network as it was typed. */
export interface SentNetwork {
  form: TypedForm<NetworkField>;
  /** Null while something is wrong. */
  settings: NetworkSettings | null;
  added: NewNetwork | null;
}

/** @param known the network whose settings these are; null: it is typed too */
export function readNetwork(body: unknown, locations: Location[], known: Network | null): SentNetwork {
  const sent = (body ?? {}) as Record<string, unknown>;
  const typed = typeof sent['network'] === 'string' ? sent['network'].trim() : '';
  const network = parseNetwork(known?.cidr ?? typed);
  const form = readForm(known ? { ...sent, network: known.cidr, reserved: '' } : sent, {
    network: networkField,
    location: locationField(locations),
    gateway: gatewayField(network),
    dns: dnsField,
    vlan: optional(wholeField(1, 4094)),
    reserved: rangesField(network),
    automatic: tickField,
    rest_days: wholeField(0, 365),
    alarm_below: wholeField(0, 1_000_000),
    note: lineField(500, { required: false }),
  });
  const { values } = form;
  const settings: NetworkSettings | null = values && {
    locationId: values.location,
    gateway: values.gateway || null,
    dns: values.dns,
    vlan: values.vlan,
    automatic: values.automatic,
    restDays: values.rest_days,
    alarmBelow: values.alarm_below,
    note: values.note,
  };
  const added = values && settings ? { ...settings, network: values.network, reserved: values.reserved } : null;
  return { form, settings, added };
}

const networkField: FieldReader<ParsedNetwork> = (typed) => {
  const network = parseNetwork(typed);
  return network ? { value: network } : { fault: { key: 'network' } };
};

const locationField =
  (locations: Location[]): FieldReader<number> =>
  (typed) => {
    const location = locations.find(({ id }) => String(id) === typed);
    return location ? { value: location.id } : { fault: { key: 'choice' } };
  };

const gatewayField =
  (network: ParsedNetwork | null): FieldReader<string> =>
  (typed) => {
    const number = numberOf(typed);
    if (typed === '' || !network) return { value: '' };
    const isWithin = number !== null && number >= network.first && number <= network.last;
    return isWithin ? { value: typed } : { fault: { key: 'gateway' } };
  };

const dnsField: FieldReader<string[]> = (typed) => {
  const servers = typed.split(/[\s,;]+/).filter(Boolean);
  return servers.every((server) => numberOf(server) !== null) ? { value: servers } : { fault: { key: 'ip' } };
};

const rangesField =
  (network: ParsedNetwork | null): FieldReader<NewNetwork['reserved']> =>
  (typed) => {
    const ranges = network ? parseRanges(typed, network) : [];
    return ranges ? { value: ranges } : { fault: { key: 'ranges' } };
  };

export const emptyNetwork = (locations: Location[]): TypedForm<NetworkField> =>
  untouched({
    network: '',
    location: locations.length === 1 ? String(locations[0]?.id) : '',
    gateway: '',
    dns: '',
    vlan: '',
    reserved: '',
    automatic: '1',
    rest_days: '7',
    alarm_below: '10',
    note: '',
  });

export const typedNetwork = (network: Network): TypedForm<NetworkField> =>
  untouched({
    network: network.cidr,
    location: String(network.locationId),
    gateway: network.gateway ?? '',
    dns: network.dns.join(' '),
    vlan: network.vlan === null ? '' : String(network.vlan),
    reserved: '',
    automatic: network.automatic ? '1' : '',
    rest_days: String(network.restDays),
    alarm_below: String(network.alarmBelow),
    note: network.note,
  });

export const networkFields = (form: TypedForm<NetworkField>, t: Translate): Record<NetworkField, ShownField> =>
  shownFields(
    form,
    {
      network: t('staff.networks.network'),
      location: t('staff.locations.one'),
      gateway: t('staff.networks.gateway'),
      dns: t('staff.networks.dns'),
      vlan: t('staff.networks.vlan'),
      reserved: t('staff.networks.reserved_ranges'),
      automatic: t('staff.networks.automatic'),
      rest_days: t('staff.networks.rest_days'),
      alarm_below: t('staff.networks.alarm_below'),
      note: t('staff.networks.note'),
    },
    t,
  );
