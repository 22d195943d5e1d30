import { type Translate, translator } from '../../platform/i18n/i18n.ts';
import { type Locale, LOCALES } from '../../platform/i18n/locale.ts';
import type { Catalog } from '../../domain/catalog/category.ts';
import type { Currencies } from '../../domain/money/currency.ts';
import type { Right } from '../../domain/identity/rights.ts';
import { type CompiledViews, compileViews, type Template } from './compile-views.ts';
import { NO_CATALOG, viewHelpers, type ViewHelpers } from './view-helpers.ts';

/** What the way of writing depends on. */
export interface Reader {
  locale: Locale;
  currencies: Currencies;
  timeZone: string;
  /** The currency of the reader's account: amounts in others are told apart from it. */
  account?: string | undefined;
  /** What the reader may do. */
  rights?: ReadonlySet<Right> | undefined;
  /** Staff look at an order or an invoice on pages of their own. */
  isStaff?: boolean | undefined;
  /** What categories are called, and how their specifications are written. */
  catalog?: Catalog | undefined;
}

export type Layout = 'main' | 'bare' | 'desk' | 'mail';

/** All views, for readers of one kind. */
interface Views {
  helpers: ViewHelpers;
  find: (name: string) => Template;
}

const compiled = new Map<Locale, CompiledViews>();
/**
 * By language, time zone, account currency, rights and whose pages they are; for as long as the currencies and the
 * categories are the same, so are the helpers.
 */
const bound = new Map<string, WeakMap<Currencies, WeakMap<Catalog, Views>>>();

/** How things are written for a reader; also for the few texts that are made outside a view. */
export const helpersFor = (reader: Reader): ViewHelpers => viewsFor(reader).helpers;

/** Renders a view, then the layout around it. */
export function renderView(view: string, it: object, layout: Layout, reader: Reader): string {
  const { find } = viewsFor(reader);
  const body = find(view)(it);
  return find(`layouts/${layout}`)({ ...it, body }).toString();
}

function viewsFor({ locale, currencies, timeZone, account, rights, isStaff, catalog = NO_CATALOG }: Reader): Views {
  const key = `${locale} ${timeZone} ${account ?? ''} ${keyOf(rights)} ${isStaff}`;
  const ofKind = bound.get(key) ?? new WeakMap<Currencies, WeakMap<Catalog, Views>>();
  bound.set(key, ofKind);
  const ofCurrencies = ofKind.get(currencies) ?? new WeakMap<Catalog, Views>();
  ofKind.set(currencies, ofCurrencies);
  let views = ofCurrencies.get(catalog);
  if (!views) {
    const t = translator(locale);
    const helpers = viewHelpers(locale, currencies, timeZone, t, { account, rights, isStaff, catalog });
    views = { helpers, find: compiledFor(locale, t).bind(helpers) };
    ofCurrencies.set(catalog, views);
  }
  return views;
}

/** The rights of a set, which is the same object for all of a request, and few in number altogether. */
const keyOf = (rights: ReadonlySet<Right> | undefined) => (rights ? [...rights].sort().join() : '');

function compiledFor(locale: Locale, t: Translate): CompiledViews {
  let views = compiled.get(locale);
  if (!views) {
    views = compileViews(t);
    compiled.set(locale, views);
  }
  return views;
}

/** Compiles all views when the process starts, so that no request waits for it. */
export function prepareViews() {
  for (const locale of LOCALES) compiledFor(locale, translator(locale));
}

/** The views are compiled again for the next page. */
export function forgetViews() {
  compiled.clear();
  bound.clear();
}
