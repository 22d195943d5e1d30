import { z } from 'zod';
import type { Refusal } from '../../domain/errors.ts';
import { listLocations } from '../../domain/catalog/edited-plan-queries.ts';
import { addressOf, parseNetwork, parseRanges } from '../../domain/networks/ip-address.ts';
import {
  ADDRESS_STATES,
  getNetwork,
  isAlarming,
  listAddresses,
  type Network,
} from '../../domain/networks/network-queries.ts';
import { ADDRESS_ACTIONS, changeAddresses, changeNetwork, removeNetwork } from '../../domain/networks/save-network.ts';
import { setFlash } from '../../web/flash.ts';
import { choice, linksOf, listFields, paging } from '../../web/list-address.ts';
import { parseId } from '../../web/parse-request.ts';
import { refusalToShow } from '../../web/refusal-to-show.ts';
import { keptRefusal, refusedForm } from '../../web/refused-form.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { StaffRequest } from '../../web/request-context.ts';
import {
  choiceField,
  type FieldReader,
  lineField,
  readForm,
  reasonField,
  shownFields,
  summaryOf,
  type TypedForm,
  untouched,
} from '../../web/typed-form.ts';
import { networkFields, type NetworkField, readNetwork, typedNetwork } from './network-form.ts';
import { percentUsed } from './networks.ts';

const { page, per } = listFields(['address'], 'address', 'asc');
const Query = z.object({ page, per, state: choice(ADDRESS_STATES) });
const Sent = z.record(z.string(), z.unknown());
/** At once; more are done in parts. */
const MOST_ADDRESSES = 4096n;

type Change = TypedForm<'addresses' | 'action' | 'reason'>;

/** What was sent and refused: the settings, or a change of addresses. */
interface Shown {
  form?: TypedForm<NetworkField>;
  change?: Change;
  refusal?: Refusal | null;
  status?: number;
}

/** A network: its addresses with whose they are, and how it is used. */
export async function showNetwork(context: StaffRequest) {
  const network = await networkOf(context);
  const settings = refusedForm(context.req, '/staff/networks/:id', Sent);
  const change = refusedForm(context.req, '/staff/networks/:id/addresses', Sent);
  const locations = await listLocations(context.db);
  await renderNetwork(context, network, {
    ...(settings && { form: readNetwork(settings.typed, locations, network).form }),
    ...(change && { change: readChange(change.typed, network).form }),
    refusal: keptRefusal(context.req),
  });
}

export async function submitNetworkSettings(context: StaffRequest) {
  const { req, res, db, clock, viewer, t } = context;
  const network = await networkOf(context);
  const { form, settings } = readNetwork(req.body, await listLocations(db), network);
  if (!settings) return renderNetwork(context, network, { form, status: 422 });
  await changeNetwork(db, clock, { by: viewer.userId, id: network.id, settings });
  setFlash(req, 'success', t('staff.networks.flash.changed', { network: network.cidr }));
  res.redirect(303, `/staff/networks/${network.id}`);
}

/** Keeps addresses from being given out, or takes that back. */
export async function submitAddresses(context: StaffRequest) {
  const { req, res, db, clock, viewer, t } = context;
  const network = await networkOf(context);
  const { form, values } = readChange(req.body, network);
  if (!values) return renderNetwork(context, network, { change: form, status: 422 });
  const count = await changeAddresses(db, clock, { by: viewer.userId, id: network.id, ...values });
  setFlash(req, count > 0 ? 'success' : 'info', t('staff.networks.flash.addresses', { count }));
  res.redirect(303, `/staff/networks/${network.id}`);
}

export async function submitNetworkRemoval(context: StaffRequest) {
  const { req, res, db, clock, viewer, t } = context;
  const network = await networkOf(context);
  try {
    await removeNetwork(db, clock, { by: viewer.userId, id: network.id });
  } catch (error) {
    return renderNetwork(context, network, { refusal: refusalToShow(error), status: 422 });
  }
  setFlash(req, 'success', t('staff.networks.flash.removed', { network: network.cidr }));
  res.redirect(303, '/staff/networks');
}

/** @throws {NotFound} */
const networkOf = ({ req, db, clock }: StaffRequest) => getNetwork(db, clock, parseId(req.params['id']));

function readChange(body: unknown, network: Network) {
  const sent = (body ?? {}) as Record<string, unknown>;
  const parsed = parseNetwork(network.cidr);
  const addressesField: FieldReader<string[]> = (typed) => {
    const ranges = parsed && typed !== '' ? parseRanges(typed, parsed) : null;
    const count = (ranges ?? []).reduce((sum, { first, last }) => sum + last - first + 1n, 0n);
    if (!ranges || count > MOST_ADDRESSES) return { fault: { key: 'ranges' } };
    return {
      value: ranges.flatMap(({ first, last }) =>
        Array.from({ length: Number(last - first) + 1 }, (_, nth) => addressOf(first + BigInt(nth), network.family)),
      ),
    };
  };
  const form = readForm(sent, {
    addresses: addressesField,
    action: choiceField(ADDRESS_ACTIONS),
    // Why an address has a bad name has to be told to whoever wants it back.
    reason: sent['action'] === 'block' ? reasonField : lineField(500, { required: false }),
  });
  return { form, values: form.values };
}

async function renderNetwork(context: StaffRequest, network: Network, shown: Shown) {
  await renderPage(context, 'staff/network', await networkPage(context, network, shown), {
    status: shown.status ?? 200,
  });
}

async function networkPage(context: StaffRequest, network: Network, { form, change, refusal = null }: Shown) {
  const { db, clock, req, t, locale } = context;
  const query = Query.parse(req.query);
  const window = { limit: query.per, offset: (query.page - 1) * query.per };
  const [locations, addresses] = await Promise.all([
    listLocations(db),
    listAddresses(db, clock, { networkId: network.id, state: query.state }, window),
  ]);
  const fields = networkFields(form ?? typedNetwork(network), t);
  const changeFields = shownFields(
    change ?? untouched({ addresses: '', action: 'reserve', reason: '' }),
    {
      addresses: t('staff.networks.addresses'),
      action: t('staff.networks.action'),
      reason: t('common.reason'),
    },
    t,
  );
  return {
    title: network.cidr,
    network: { ...network, percent: percentUsed(network), alarming: isAlarming(network) },
    query,
    addresses: addresses.items,
    paging: paging(addresses.total, query),
    href: linksOf(`/staff/networks/${network.id}`, { ...query }),
    states: ADDRESS_STATES.map((state) => ({ state, count: network[state], current: state === query.state })),
    fields,
    changeFields,
    actions: ADDRESS_ACTIONS.map((action) => ({ value: action, label: t(`staff.networks.actions.${action}`) })),
    locations: locations.map(({ id, code, names }) => ({ value: id, label: names[locale] ?? code })),
    refusal,
    errors: [...summaryOf(fields), ...summaryOf(changeFields)],
  };
}
export type NetworkPage = PageOf<typeof networkPage>;
