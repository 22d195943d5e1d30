/** What a member of a customer may do, in the order in which pages list it. */
const MEMBER_RIGHTS = [
  'orders:view',
  'orders:settings',
  'orders:place',
  'orders:cancel',
  'invoices:view',
  'invoices:pay',
  'top-ups',
  'profile',
  'support',
  'members',
] as const;
export type MemberRight = (typeof MEMBER_RIGHTS)[number];

export const MEMBER_ROLES = ['owner', 'billing', 'technical', 'reader'] as const;
export type MemberRole = (typeof MEMBER_ROLES)[number];

/** What comes with each role. */
export const RIGHTS_OF_ROLE: Record<MemberRole, readonly MemberRight[]> = {
  owner: MEMBER_RIGHTS,
  billing: ['orders:view', 'invoices:view', 'invoices:pay', 'top-ups', 'profile', 'support'],
  technical: ['orders:view', 'orders:settings', 'orders:cancel', 'support'],
  reader: ['orders:view', 'invoices:view'],
};

/** What a member may be given besides, one by one; the table's check has the same names. */
export const EXTRA_RIGHTS = ['orders:place', 'orders:cancel', 'top-ups'] as const satisfies MemberRight[];
export type ExtraRight = (typeof EXTRA_RIGHTS)[number];

/** What takes a confirmed e-mail: whatever makes or spends money, and what speaks to others. */
const FOR_CONFIRMED: readonly MemberRight[] = [
  'orders:place',
  'orders:cancel',
  'invoices:pay',
  'top-ups',
  'support',
  'members',
];

export const needsConfirmedEmail = (right: MemberRight): boolean => FOR_CONFIRMED.includes(right);

/** What a member may do: what comes with the role, and what was given besides. Who tops up sees what was topped up. */
export const memberRights = (role: MemberRole, extra: readonly ExtraRight[]): ReadonlySet<MemberRight> =>
  new Set([...RIGHTS_OF_ROLE[role], ...extra, ...(extra.includes('top-ups') ? (['invoices:view'] as const) : [])]);

/** What staff may do, in the order in which pages list it. A role is a set of these, kept in `staff_roles`. */
export const STAFF_RIGHTS = [
  'customers:view',
  'customers:edit',
  'customers:security',
  'customers:block',
  'orders:view',
  'orders:act',
  'money:view',
  'money:act',
  'billing:view',
  'billing:run',
  'rates:view',
  'rates:edit',
  'catalog:view',
  'catalog:edit',
  'audit:view',
  'staff:view',
  'staff:edit',
  'settings:view',
  'settings:edit',
] as const;
export type StaffRight = (typeof STAFF_RIGHTS)[number];

export type Right = MemberRight | StaffRight;
