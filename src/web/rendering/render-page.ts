import { transcode } from 'node:buffer';
import type { Request } from 'express';
import type { Day } from '../../platform/clock.ts';
import type { Translate } from '../../platform/i18n/i18n.ts';
import type { Refusal } from '../../domain/errors.ts';
import { Currencies } from '../../domain/money/currency.ts';
import type { Money } from '../../domain/money/money.ts';
import { type Equivalent, equivalents } from '../../domain/rates/convert.ts';
import type { RateTable } from '../../domain/rates/rate-table.ts';
import type { CustomerViewer, Theme, Viewer } from '../../domain/identity/user-queries.ts';
import type { Seller } from '../../domain/invoices/invoice.ts';
import { listWork, type WorkLine } from '../../domain/desk/work-list-queries.ts';
import { assets, type PageAssets } from '../assets/assets.ts';
import { type Flash, takeFlash } from '../flash.ts';
import { csrfToken } from '../middleware/csrf.ts';
import { themeOf } from '../middleware/locale.ts';
import { listHref } from '../list-address.ts';
import { localPath } from '../parse-request.ts';
import { CONFIRMATION } from '../fresh-session.ts';
import { forgetRefusedForm, formPageFor, keepRefusedForm } from '../refused-form.ts';
import { readerOf, type RequestContext } from '../request-context.ts';
import { markup, safe, type SafeHtml } from './html.ts';
import { type DeskGroup, deskSections } from './desk-sections.ts';
import { navigationOf, type NavigationLink } from './navigation.ts';
import { renderView } from './render-view.ts';

/** One for all, since views are bound to the helpers of a set of currencies. */
const NO_CURRENCIES = new Currencies([]);

/** The error view. It has no form, so a form that was refused is kept for its own page. */
export const ERROR_PAGE = 'error';

/** What a page is given by its controller; each has more of its own. */
export interface PageLocals {
  /** Of the browser's tab, and mostly of the heading. */
  title: string;
  /** The page's own address, where it is not the request's: that of a form that is shown again. */
  here?: string;
  /** Why a form is shown again. */
  refusal?: Refusal | null;
  /** Of a list: which of its pages it is. */
  paging?: { page: number };
  /** Of the work list: what waits, which every page of the desk counts. */
  work?: WorkLine[];
}

/** What every page has besides its own locals: what the layout shows, and what forms need. */
export interface PageFrame {
  /** In the browser's tab. */
  documentTitle: string;
  viewer: Viewer | null;
  initials: string;
  theme: Theme;
  assets: PageAssets;
  path: string;
  here: string;
  /** The hidden CSRF field; empty on error pages of anonymous visitors, which have no forms. */
  csrfField: SafeHtml;
  hasForms: boolean;
  flash: Flash | null;
  /** The sign-in, which leads back to this page. */
  signInHref: string;
  /** In production there may be no way of payment yet. */
  canTopUp: boolean;
  seller: Seller;
  /** What customers are told while nothing can be ordered or paid; null: all is open. */
  maintenance: string | null;
  header: PageHeader | null;
  navigation: NavigationLink[];
  /** The sections of the staff's desk; empty for everybody else. */
  desk: DeskGroup[];
  /** The present one, which days near it need not say. */
  year: string;
}

export interface LayoutLocals extends PageFrame {
  body: SafeHtml;
}

/** The type of what a page is given, from the function that prepares it. */
export type PageOf<Prepare extends (...args: never[]) => unknown> = Awaited<ReturnType<Prepare>>;

/**
 * Answers with a page: the view's own locals, and what the layout needs. A form that is shown again is kept in the
 * session for its own page.
 */
export async function renderPage(
  context: RequestContext,
  view: string,
  locals: PageLocals,
  { status = 200, layout = viewerLayout(context) }: { status?: number; layout?: PageLayout } = {},
): Promise<void> {
  const { req, res, config, rates, gateways, t, locale, viewer } = context;
  const here = localPath(locals.here ?? addressOf(context), '/');
  if (view !== ERROR_PAGE) keepOrForget(req, here, locals.refusal ?? null);
  const [table, catalog, desk] = await Promise.all([
    rates.current(),
    context.catalog.current(),
    deskOf(context, locals),
  ]);
  // An error page starts no session for an anonymous visitor.
  const hasForms = viewer !== null || status < 400 || status === 422 || status === 429 || req.path === '/login';
  const frame: PageFrame = {
    documentTitle: documentTitleOf(locals, status, t),
    viewer,
    initials: initialsOf(viewer),
    theme: themeOf(req),
    assets: assetsFor(viewer),
    path: req.path,
    here,
    hasForms,
    csrfField: hasForms ? csrfFieldOf(req) : safe(''),
    flash: takeFlash(req, res, t),
    signInHref: listHref('/login', {}, { next: here === '/' ? '' : here }),
    canTopUp: gateways.size > 0 && viewer?.kind === 'customer' && viewer.rights.has('top-ups'),
    seller: config.seller,
    maintenance: maintenanceText(context),
    header: headerOf(viewer, table, config.ratesMaxAgeDays, t),
    navigation: navigationOf({ viewer, path: req.path, catalog, locale, t }),
    desk,
    year: table.today.slice(0, 4),
  };
  const reader = { locale, currencies: table.currencies, catalog, timeZone: config.timeZone, ...readerOf(viewer) };
  const page = renderView(view, { ...frame, ...locals, here }, layout, reader);
  res.status(status).type('html').send(inUtf8(page));
}

/** Staff see it too: nothing is to be wondered about. */
function maintenanceText({ config, locale, t }: RequestContext): string | null {
  if (!config.maintenance) return null;
  return config.maintenance[locale] || t('errors.under_maintenance');
}

type PageLayout = 'main' | 'bare' | 'desk';

/** Staff keep their desk around them, whatever they look at. */
const viewerLayout = ({ viewer }: RequestContext): PageLayout => (viewer?.kind === 'staff' ? 'desk' : 'main');

async function deskOf({ db, clock, config, req, viewer, t }: RequestContext, { work }: PageLocals) {
  if (viewer?.kind !== 'staff') return [];
  const waiting = work ?? (await listWork(db, clock, { rights: viewer.rights, timeZone: config.timeZone }));
  return deskSections(viewer, req.path, waiting, t);
}

/** A page that needs nothing of the database and changes nothing in the session, for when there is none. */
export function renderPageOfOutage(
  { req, res, config, locale }: RequestContext,
  view: string,
  locals: PageLocals,
  status: number,
): void {
  const frame: PageFrame = {
    documentTitle: locals.title,
    viewer: null,
    initials: '',
    theme: themeOf(req),
    assets: assetsFor(null),
    path: req.path,
    here: '/',
    hasForms: false,
    csrfField: safe(''),
    flash: null,
    signInHref: '/login',
    canTopUp: false,
    seller: config.seller,
    maintenance: null,
    header: null,
    navigation: [],
    desk: [],
    year: '',
  };
  const reader = { locale, currencies: NO_CURRENCIES, timeZone: config.timeZone };
  const page = renderView(view, { ...frame, ...locals }, 'bare', reader);
  res.status(status).set('Cache-Control', 'no-store').type('html').send(page);
}

/** Takes half of the time of `Buffer.from(page)`, which converts a text outside Latin-1 sign by sign. */
function inUtf8(page: string): Buffer {
  try {
    return transcode(Buffer.from(page, 'utf16le'), 'utf16le', 'utf8');
  } catch {
    // Half of a surrogate pair, cut off from what somebody typed, is replaced here and refused there.
    return Buffer.from(page);
  }
}

/** In the browser's tab: a form that is shown again says so first, and a later page of a list which one it is. */
function documentTitleOf({ title, paging }: PageLocals, status: number, t: Translate): string {
  if (status === 422) return t('errors.page.title.form', { title });
  return paging && paging.page > 1 ? `${title}, ${t('common.list.page_number', { page: paging.page })}` : title;
}

/** What the page's head loads. */
const assetsFor = (viewer: Viewer | null): PageAssets =>
  viewer?.kind === 'staff' ? assets().staffPages : assets().customerPages;

const csrfFieldOf = (req: Request) => markup`<input type="hidden" name="_csrf" value="${csrfToken(req)}" />`;

/** Where somebody comes back to this page; the path of a POST may have no page of its own. */
function addressOf({ req, res }: RequestContext): string {
  return (req.method === 'POST' && formPageFor(res)) || req.originalUrl;
}

function keepOrForget(req: Request, here: string, refusal: Refusal | null) {
  // Who is asked for the password goes on afterwards with what was typed.
  if (req.path === CONFIRMATION) return;
  if (req.method === 'POST') keepRefusedForm(req, here, refusal);
  else forgetRefusedForm(req, here);
}

/** A customer's balance as every page shows it. */
export interface PageHeader {
  balance: Money;
  equivalents: Equivalent[];
  /** Of the oldest rate. */
  rateDate: Day | null;
  /** The source of all rates, where it and their day are the same. */
  oneRate: string | null;
  /** Some of the rates are too old to pay with. */
  stale: boolean;
}

function headerOf(viewer: Viewer | null, table: RateTable, maxAgeDays: number, t: Translate): PageHeader | null {
  if (viewer?.kind !== 'customer' || !viewer.rights.has('invoices:view')) return null;
  const shown = equivalents(table, viewer.balance);
  const dates = shown.flatMap(({ conversion }) => conversion?.rateDate ?? []).sort();
  const sources = new Set(shown.flatMap(({ conversion }) => conversion?.rates ?? []).map(({ source }) => source));
  const [source] = sources;
  const same = sources.size === 1 && dates[0] === dates.at(-1);
  return {
    balance: viewer.balance,
    equivalents: inPreferredOrder(shown, viewer),
    rateDate: dates[0] ?? null,
    oneRate: same && source ? t(`terms.rate_source_short.${source}`) : null,
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

function inPreferredOrder<E extends { currency: string }>(shown: readonly E[], viewer: CustomerViewer): E[] {
  const preferred = (equivalent: E) => equivalent.currency === viewer.displayCurrency;
  return [...shown.filter(preferred), ...shown.filter((equivalent) => !preferred(equivalent))];
}
