import type { Translate, WordKey } from '../../platform/i18n/i18n.ts';
import type { StaffRight } from '../../domain/identity/rights.ts';
import type { StaffViewer } from '../../domain/identity/user-queries.ts';
import { BROKEN, type WorkKind, type WorkLine } from '../../domain/desk/work-list-queries.ts';
import type { IconName } from '../assets/icon-sprite.ts';

/** A link of the desk's navigation. */
interface DeskLink {
  href: string;
  label: string;
  icon: IconName;
  /** It is the section that is shown. */
  current: boolean;
  /** How much waits there; null where nothing does. */
  count: number | null;
  /** What it counts went wrong. */
  isBad: boolean;
}

export interface DeskGroup {
  label: string;
  links: DeskLink[];
}

type Words<Prefix extends string> = WordKey extends infer Key
  ? Key extends `${Prefix}.${infer Rest}`
    ? Rest
    : never
  : never;

interface Section {
  href: string;
  words: Words<'layout.desk.section'>;
  icon: IconName;
  /** Who does not have it does not see the section. */
  right: StaffRight;
  /** Where its other tabs are. */
  also?: readonly string[];
  /** What is counted beside it. */
  counts?: readonly WorkKind[];
}

const GROUPS: { words: Words<'layout.desk.group'>; sections: Section[] }[] = [
  {
    words: 'work',
    sections: [
      { href: '/staff', words: 'work_list', icon: 'list-checks', right: 'customers:view', counts: BROKEN },
      { href: '/staff/billing', words: 'billing', icon: 'calendar-clock', right: 'billing:view' },
    ],
  },
  {
    words: 'customers',
    sections: [
      { href: '/staff/customers', words: 'customers', icon: 'users', right: 'customers:view' },
      { href: '/staff/users', words: 'users', icon: 'user', right: 'customers:view' },
      { href: '/staff/mails', words: 'mails', icon: 'mail', right: 'customers:view' },
    ],
  },
  {
    words: 'sales',
    sections: [
      { href: '/staff/orders', words: 'orders', icon: 'server', right: 'orders:view' },
      {
        href: '/staff/provisioning',
        words: 'provisioning',
        icon: 'wrench',
        right: 'orders:view',
        counts: ['orders_to_set_up'],
      },
    ],
  },
  {
    words: 'money',
    sections: [
      { href: '/staff/invoices', words: 'invoices', icon: 'file-text', right: 'money:view' },
      {
        href: '/staff/payments',
        words: 'payments',
        icon: 'credit-card',
        right: 'money:view',
        counts: ['marked_payments'],
      },
      {
        href: '/staff/rates',
        words: 'rates',
        icon: 'arrow-left-right',
        right: 'rates:view',
        counts: ['rate_proposals'],
      },
    ],
  },
  {
    words: 'catalog',
    sections: [
      {
        href: '/staff/plans',
        words: 'plans',
        icon: 'package',
        right: 'catalog:view',
        also: ['/staff/categories', '/staff/options', '/staff/locations'],
      },
      { href: '/staff/networks', words: 'networks', icon: 'network', right: 'catalog:view', counts: ['networks_low'] },
    ],
  },
  {
    words: 'books',
    sections: [
      { href: '/staff/transactions', words: 'transactions', icon: 'book-open', right: 'money:view' },
      { href: '/staff/audit', words: 'audit', icon: 'scroll-text', right: 'audit:view' },
    ],
  },
  {
    words: 'settings',
    sections: [
      { href: '/staff/settings', words: 'settings', icon: 'settings', right: 'settings:view' },
      { href: '/staff/team', words: 'team', icon: 'id-card', right: 'staff:view' },
    ],
  },
];

/** The sections of the desk that somebody on the staff may open, with what waits in each. */
export function deskSections(viewer: StaffViewer, path: string, work: readonly WorkLine[], t: Translate): DeskGroup[] {
  const isAt = (href: string) => path === href || (href !== '/staff' && path.startsWith(`${href}/`));
  const isCurrent = ({ href, also = [] }: Section) => [href, ...also].some(isAt);
  const countOf = (kinds: readonly WorkKind[] = []) =>
    work.filter(({ kind }) => kinds.includes(kind)).reduce((sum, { count }) => sum + count, 0);
  return GROUPS.map(({ words, sections }) => ({
    label: t(`layout.desk.group.${words}`),
    links: sections
      .filter(({ right }) => viewer.rights.has(right))
      .map((section) => ({
        href: section.href,
        label: t(`layout.desk.section.${section.words}`),
        icon: section.icon,
        current: isCurrent(section),
        count: countOf(section.counts) || null,
        isBad: section.counts === BROKEN,
      })),
  })).filter(({ links }) => links.length > 0);
}
