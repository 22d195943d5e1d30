import type { Request } from 'express';
import type { Refusal } from '../../domain/errors.ts';
import type { Config } from '../../platform/config.ts';
import { Currencies } from '../../domain/money/currency.ts';
import { equivalents } from '../../domain/rates/convert.ts';
import type { RateTable } from '../../domain/rates/rate-table.ts';
import type { CustomerViewer, Viewer } from '../../domain/identity/user-queries.ts';
import { assets, assetsReadAgain, type PageAssets } from '../assets/assets.ts';
import { takeFlash } from '../flash.ts';
import { csrfToken } from '../middleware/csrf.ts';
import { themeOf } from '../middleware/locale.ts';
import { localPath } from '../parse-request.ts';
import { forgetRefusedForm, keepRefusedForm } from '../refused-form.ts';
import type { RequestContext } from '../request-context.ts';
import { renderView } from './render-view.ts';
import { statusBadges } from './status-badges.ts';
import { viewHelpers } from './view-helpers.ts';

/** Shown instead of a page: nothing of a form is on it. */
export const ERROR_PAGE = 'shared/error';

export interface PageLocals extends Record<string, unknown> {
  /** Of the browser's tab; the page's heading is its own. */
  title: string;
  /** The page's own address, where it is not the request's: that of a form that is shown again. */
  here?: string;
  /** Why a form is shown again. */
  refusal?: Refusal | null;
}

/**
 * Answers with a page: the view's own locals, and what the layout and the helpers need. A form that is shown again is
 * kept in the session for its own page.
 */
export async function renderPage(
  context: RequestContext,
  view: string,
  locals: PageLocals,
  { status = 200, layout = 'main' }: { status?: number; layout?: 'main' | 'bare' } = {},
): Promise<void> {
  const { req, res, config, rates, gateways, t, locale, viewer } = context;
  const here = localPath(locals.here ?? addressOf(context), '/');
  if (view !== ERROR_PAGE) keepOrForget(req, here, locals.refusal ?? null);
  const table = await rates.current();
  const helpers = viewHelpers(locale, table.currencies, config.timeZone, t);
  const base = {
    ...helpers,
    ...statusBadges(t),
    viewer,
    initials: initialsOf(viewer),
    theme: themeOf(req),
    assets: assetsFor(viewer, config),
    path: req.path,
    // An error page makes no session for a stranger.
    csrf: viewer || status < 400 || req.path === '/login' ? csrfToken(req) : null,
    flash: takeFlash(req, res, t),
    production: config.production,
    /** In production there may be no way of payment yet. */
    canTopUp: gateways.size > 0,
    seller: config.seller,
    header: headerOf(viewer, table, config.ratesMaxAgeDays),
  };
  const html = await renderView(view, { ...base, ...locals, here }, { layout, cache: config.viewCache });
  res.status(status).type('html').send(html);
}

/** A page that needs nothing of the database and changes nothing in the session, for when there is none. */
export async function renderPageOfOutage(
  { req, res, config, t, locale }: RequestContext,
  view: string,
  locals: PageLocals,
  status: number,
): Promise<void> {
  const base = {
    ...viewHelpers(locale, new Currencies([]), config.timeZone, t),
    viewer: null,
    theme: themeOf(req),
    assets: assetsFor(null, config),
    csrf: null,
    flash: null,
  };
  const html = await renderView(view, { ...base, ...locals }, { layout: 'bare', cache: config.viewCache });
  res.status(status).set('Cache-Control', 'no-store').type('html').send(html);
}

/** What the page's head loads. */
function assetsFor(viewer: Viewer | null, { viewCache }: Config): PageAssets {
  const { customerPages, staffPages } = viewCache ? assets() : assetsReadAgain();
  return viewer?.kind === 'staff' ? staffPages : customerPages;
}

/** Where somebody comes back to this page; a change is sent to a path that may be none. */
function addressOf({ req, res }: RequestContext): string {
  const formPage: unknown = res.locals['formPage'];
  return req.method === 'POST' && typeof formPage === 'string' ? formPage : req.originalUrl;
}

function keepOrForget(req: Request, here: string, refusal: Refusal | null) {
  if (req.method === 'POST') keepRefusedForm(req, here, refusal);
  else forgetRefusedForm(req, here);
}

function headerOf(viewer: Viewer | null, table: RateTable, maxAgeDays: number) {
  if (viewer?.kind !== 'customer') return null;
  const shown = equivalents(table, viewer.balance);
  const dates = shown.flatMap(({ conversion }) => conversion?.rateDate ?? []).sort();
  return {
    equivalents: inPreferredOrder(shown, viewer),
    rateDate: dates[0] ?? null,
    datesDiffer: dates[0] !== dates.at(-1),
    stale: shown.some(({ currency }) => table.has(currency) && isStale(table, viewer, currency, maxAgeDays)),
  };
}

/** For the menu's button. */
function initialsOf(viewer: Viewer | null): string {
  const words = (viewer?.name ?? '').split(/[\s@.]+/).filter(Boolean);
  return words
    .slice(0, 2)
    .map((word) => word.charAt(0).toUpperCase())
    .join('');
}

const isStale = (table: RateTable, viewer: CustomerViewer, currency: string, maxAgeDays: number) =>
  table.has(viewer.balance.currency) && table.ageInDays(viewer.balance.currency, currency) > maxAgeDays;

function inPreferredOrder<E extends { currency: string }>(shown: E[], viewer: CustomerViewer): E[] {
  const preferred = (equivalent: E) => equivalent.currency === viewer.displayCurrency;
  return [...shown.filter(preferred), ...shown.filter((equivalent) => !preferred(equivalent))];
}
