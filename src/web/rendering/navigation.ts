import type { Translate, WordKey } from '../../platform/i18n/i18n.ts';
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

const CATALOG: Section[] = [
  { href: '/catalog/dedicated', words: 'dedicated' },
  { href: '/catalog/vps', words: 'vps' },
];

const SECTIONS: Record<Viewer['kind'] | 'visitor', Section[]> = {
  visitor: CATALOG,
  lone: [{ href: '/', words: 'dashboard' }],
  customer: [
    { href: '/', words: 'dashboard', right: 'invoices:view' },
    { href: '/orders', words: 'orders', right: 'orders:view' },
    { href: '/invoices', words: 'invoices', right: 'invoices:view' },
    { href: '/balance', words: 'balance', right: 'invoices:view' },
    ...CATALOG,
  ],
  // Theirs is a desk of its own: see desk-sections.ts.
  staff: [],
};

/** The sections of the portal that a viewer has; a visitor's are what can be ordered. */
export const navigationOf = (viewer: Viewer | null, path: string, t: Translate): NavigationLink[] =>
  SECTIONS[viewer?.kind ?? 'visitor']
    .filter(({ right }) => right === undefined || has(viewer, right))
    .map(({ href, words }) => ({
      href,
      label: t(`layout.section.${words}`),
      current: path === href || (href !== '/' && path.startsWith(`${href}/`)),
    }));

const has = (viewer: Viewer | null, right: MemberRight) => viewer?.kind === 'customer' && viewer.rights.has(right);
