import { z } from 'zod';
import type { Refusal } from '../../domain/errors.ts';
import { listLocations } from '../../domain/catalog/edited-plan-queries.ts';
import { createNetworks } from '../../domain/networks/save-network.ts';
import { setFlash } from '../../web/flash.ts';
import { refusalToShow } from '../../web/refusal-to-show.ts';
import { refusedForm } from '../../web/refused-form.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { StaffRequest } from '../../web/request-context.ts';
import { summaryOf, type TypedForm } from '../../web/typed-form.ts';
import { emptyNetwork, networkFields, type NetworkField, readNetwork } from './network-form.ts';

const Sent = z.record(z.string(), z.unknown());

/** The form of a network that is not there yet. */
export async function showNewNetwork(context: StaffRequest) {
  const locations = await listLocations(context.db);
  const refused = refusedForm(context.req, '/staff/networks', Sent);
  const form = refused ? readNetwork(refused.typed, locations, null).form : emptyNetwork(locations);
  await renderNewNetwork(context, form, refused?.refusal ?? null);
}

export async function submitNetwork(context: StaffRequest) {
  const { req, res, db, clock, viewer, t } = context;
  const { form, added } = readNetwork(req.body, await listLocations(db), null);
  if (!added) return renderNewNetwork(context, form, null, 422);
  try {
    const [id] = await createNetworks(db, clock, { by: viewer.userId, networks: [added] });
    setFlash(req, 'success', t('staff.networks.flash.created', { network: added.network.cidr }));
    res.redirect(303, `/staff/networks/${id}`);
  } catch (error) {
    await renderNewNetwork(context, form, refusalToShow(error), 422);
  }
}

async function renderNewNetwork(
  context: StaffRequest,
  form: TypedForm<NetworkField>,
  refusal: Refusal | null,
  status = 200,
) {
  await renderPage(context, 'staff/new-network', await newNetworkPage(context, form, refusal), { status });
}

async function newNetworkPage({ db, t, locale }: StaffRequest, form: TypedForm<NetworkField>, refusal: Refusal | null) {
  const locations = await listLocations(db);
  const fields = networkFields(form, t);
  return {
    title: t('staff.networks.new'),
    fields,
    locations: [
      { value: '', label: t('staff.networks.choose_location') },
      ...locations.map(({ id, code, names }) => ({ value: id, label: names[locale] ?? code })),
    ],
    refusal,
    errors: summaryOf(fields),
  };
}
export type NewNetworkPage = PageOf<typeof newNetworkPage>;
