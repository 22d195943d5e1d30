import type { Translate, WordKey } from '../../platform/i18n/i18n.ts';
import type { Locale } from '../../platform/i18n/locale.ts';
import type { Catalog } from '../../domain/catalog/category.ts';
import type { MemberRight } from '../../domain/identity/rights.ts';
import type { Viewer } from '../../domain/identity/user-queries.ts';

export interface NavigationLink {
  href: string;
  label: string;
  /** It is the section that is shown. */
  current: boolean;
}

type SectionWords = WordKey extends infer Key ? (Key extends `layout.section.${infer Words}` ? Words : never) : never;

interface Section {
  href: string;
  words: SectionWords;
  /** Who does not have it does not see it. */
  right?: MemberRight;
}

const SECTIONS: Record<Viewer['kind'] | 'visitor', Section[]> = {
  visitor: [],
  lone: [{ href: '/', words: 'dashboard' }],
  customer: [
    { href: '/', words: 'dashboard', right: 'invoices:view' },
    { href: '/orders', words: 'orders', right: 'orders:view' },
    { href: '/invoices', words: 'invoices', right: 'invoices:view' },
    { href: '/balance', words: 'balance', right: 'invoices:view' },
  ],
  // Theirs is a desk of its own: see desk-sections.ts.
  staff: [],
};

/** The sections of the portal that a viewer has: of visitors and customers the last ones are what can be ordered. */
export function navigationOf({
  viewer,
  path,
  catalog,
  locale,
  t,
}: {
  viewer: Viewer | null;
  path: string;
  catalog: Catalog;
  locale: Locale;
  t: Translate;
}): NavigationLink[] {
  const kind = viewer?.kind ?? 'visitor';
  const sections = SECTIONS[kind]
    .filter(({ right }) => right === undefined || has(viewer, right))
    .map(({ href, words }) => ({ href, label: t(`layout.section.${words}`) }));
  return [...sections, ...(SHOPPERS.includes(kind) ? catalogSections(catalog, locale, t) : [])].map((link) => ({
    ...link,
    current: path === link.href || (link.href !== '/' && path.startsWith(`${link.href}/`)),
  }));
}

const SHOPPERS: readonly string[] = ['visitor', 'customer'];

/** As many as there is room for; more of them stand together under one link. */
const MOST_CATEGORIES = 3;

function catalogSections({ active }: Catalog, locale: Locale, t: Translate) {
  if (active.length > MOST_CATEGORIES) return [{ href: '/catalog', label: t('catalog.title') }];
  return active.map(({ code, names }) => ({ href: `/catalog/${code}`, label: names[locale] ?? code }));
}

const has = (viewer: Viewer | null, right: MemberRight) => viewer?.kind === 'customer' && viewer.rights.has(right);
