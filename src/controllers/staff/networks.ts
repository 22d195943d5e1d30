import type { Translate } from '../../platform/i18n/i18n.ts';
import { NetworkFileRefused, type Refusal } from '../../domain/errors.ts';
import { listLocations } from '../../domain/catalog/edited-plan-queries.ts';
import { type NetworkFileFault, readNetworkFile } from '../../domain/networks/network-file.ts';
import { isAlarming, listNetworks, type Network } from '../../domain/networks/network-queries.ts';
import { createNetworks } from '../../domain/networks/save-network.ts';
import { setFlash } from '../../web/flash.ts';
import { refusalToShow } from '../../web/refusal-to-show.ts';
import { keptRefusal } from '../../web/refused-form.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { ViewHelpers } from '../../web/rendering/view-helpers.ts';
import type { StaffRequest } from '../../web/request-context.ts';

/** The networks, with how much of each is used. */
export async function showNetworks(context: StaffRequest) {
  await renderPage(context, 'staff/networks', await networksPage(context, keptRefusal(context.req)));
}

/** Adds the networks of a CSV file, all or none. */
export async function importNetworks(context: StaffRequest) {
  const { req, res, db, clock, viewer, t } = context;
  try {
    if (!req.file || req.file.size === 0) throw new NetworkFileRefused({ reason: 'empty', line: 1, detail: '' });
    const locations = new Map((await listLocations(db)).map(({ id, code }) => [code, id]));
    const networks = readNetworkFile(req.file.buffer, locations);
    await createNetworks(db, clock, { by: viewer.userId, networks });
    setFlash(req, 'success', t('staff.networks.flash.imported', { count: networks.length }));
    res.redirect(303, '/staff/networks');
  } catch (error) {
    await renderPage(context, 'staff/networks', await networksPage(context, refusalToShow(error)), { status: 422 });
  }
}

async function networksPage(context: StaffRequest, refusal: Refusal | null) {
  const { db, clock, t } = context;
  const networks = await listNetworks(db, clock);
  const shown = networks.map((network) => ({
    ...network,
    percent: percentUsed(network),
    alarming: isAlarming(network),
  }));
  const v4 = shown.filter(({ family }) => family === 4);
  return {
    title: t('staff.networks.title'),
    v4,
    v6: shown.filter(({ family }) => family === 6),
    alarming: shown.filter(({ alarming }) => alarming),
    addresses: v4.reduce((sum, { size }) => sum + size, 0),
    free: v4.reduce((sum, { free }) => sum + free, 0),
    refusal,
    refusalText: refusal && textOf(refusal, t, await context.helpers()),
  };
}
export type NetworksPage = PageOf<typeof networksPage>;
export type ShownNetwork = NetworksPage['v4'][number];

/** How much of what could be given out is not free, in whole per cent. */
export const percentUsed = ({ size, reserved, free }: Network): number =>
  size === reserved ? 100 : Math.round(((size - reserved - free) / (size - reserved)) * 100);

/** What is wrong in a file, with its line. */
function textOf(refusal: Refusal, t: Translate, { refusalText }: ViewHelpers): string {
  const { line, reason } = refusal.data as { line?: number; reason?: NetworkFileFault };
  if (refusal.key !== 'network_file_refused' || line === undefined || !reason) return refusalText(refusal);
  return t('errors.network_file_refused', { line, reason: t(`errors.network_file.${reason}`) });
}
