import { z } from 'zod';
import { STAFF_USER_SORTS, staffUsers } from '../../domain/desk/user-list-queries.ts';
import { streamFound } from '../../domain/desk/staff-list.ts';
import { choice, listFields } from '../../web/list-address.ts';
import { csvTime, sendCsv } from '../../web/rendering/csv.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { StaffRequest } from '../../web/request-context.ts';
import { readStaffList } from './read-staff-list.ts';

const KINDS = ['member', 'staff'] as const;
const SWITCH = ['on', 'off'] as const;

const Query = z.object({
  ...listFields([...STAFF_USER_SORTS], 'id', 'desc'),
  kind: choice(KINDS),
  factor: choice(SWITCH),
  disabled: choice(['1']),
});

function asked({ req, viewer }: StaffRequest) {
  const query = Query.parse(req.query);
  return {
    query,
    filter: {
      q: query.q,
      // Who works here is seen by those who may see the team.
      kind: viewer.rights.has('staff:view') ? query.kind : ('member' as const),
      hasFactor: query.factor && query.factor === 'on',
      disabled: query.disabled === '1',
    },
  };
}

export async function showUsers(context: StaffRequest) {
  await renderPage(context, 'staff/users', await usersPage(context));
}

async function usersPage(context: StaffRequest) {
  const { query, filter } = asked(context);
  return {
    title: context.t('staff.users.title'),
    ...(await readStaffList(context, staffUsers, query, filter)),
    query,
    kinds: KINDS,
    switch: SWITCH,
  };
}
export type UsersPage = PageOf<typeof usersPage>;

export async function downloadUsers(context: StaffRequest) {
  const { db, t, config } = context;
  const { query, filter } = asked(context);
  const time = csvTime(config.timeZone);
  const { staffRoleText } = await context.helpers();
  await sendCsv(context, {
    name: 'users',
    items: streamFound(db, staffUsers, filter, query),
    label: (column) => t(`staff.users.column.${column}`),
    columns: {
      id: (user) => user.id,
      email: (user) => user.email,
      kind: (user) => (user.role ? staffRoleText(user.role) : t('terms.user_kind.member')),
      customers: (user) => user.customers.map(({ id }) => id).join(' '),
      factor: (user) => t(user.hasFactor ? 'common.on' : 'common.off'),
      state: (user) => t(user.disabled ? 'terms.user_state.disabled' : 'terms.user_state.open'),
      last_seen: (user) => (user.lastSeenAt ? time(user.lastSeenAt) : ''),
      since: (user) => time(user.createdAt),
    },
  });
}
