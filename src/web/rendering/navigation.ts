import type { Translate } from '../../platform/i18n/i18n.ts';
import type { Viewer } from '../../domain/identity/user-queries.ts';

export interface NavigationLink {
  href: string;
  label: string;
  /** It is the section that is shown. */
  current: boolean;
}

const CATALOG = [
  { href: '/catalog/dedicated', words: 'dedicated' },
  { href: '/catalog/vps', words: 'vps' },
] as const;

const SECTIONS = {
  visitor: CATALOG,
  customer: [
    { href: '/', words: 'dashboard' },
    { href: '/orders', words: 'orders' },
    { href: '/invoices', words: 'invoices' },
    { href: '/balance', words: 'balance' },
    ...CATALOG,
  ],
  staff: [
    { href: '/staff', words: 'staff_home' },
    { href: '/staff/customers', words: 'staff_customers' },
    { href: '/staff/provisioning', words: 'staff_provisioning' },
    { href: '/staff/billing', words: 'staff_billing' },
    { href: '/staff/rates', words: 'staff_rates' },
    { href: '/staff/audit', words: 'staff_audit' },
  ],
} as const;

/** Home pages: every path starts with theirs, so only the exact path is the current one. */
const HOMES: string[] = ['/', '/staff'];

/** The sections of the portal that a viewer has; a visitor's are what can be ordered. */
export const navigationOf = (viewer: Viewer | null, path: string, t: Translate): NavigationLink[] =>
  SECTIONS[viewer?.kind ?? 'visitor'].map(({ href, words }) => ({
    href,
    label: t(`layout.section.${words}`),
    current: path === href || (!HOMES.includes(href) && path.startsWith(`${href}/`)),
  }));
